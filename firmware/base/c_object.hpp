#pragma once

namespace genkan {

// A C library's struct with its init and free called where they belong. Neither copied nor moved.
template <class T, void (*init)(T*), void (*release)(T*)>
class CObject {
 public:
  CObject() { init(&object_); }
  ~CObject() { release(&object_); }
  CObject(const CObject&) = delete;
  CObject& operator=(const CObject&) = delete;

  T* get() { return &object_; }
  T* operator->() { return &object_; }

 private:
  T object_{};
};

}  // namespace genkan
