#pragma once

namespace genkan::bus {

// Wakes a thread that sleeps in poll(): an eventfd. wake() from any thread.
class Wake {
 public:
  Wake();
  ~Wake();
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;

  void wake();
  void clear();
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace genkan::bus
