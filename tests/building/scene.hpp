#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "tests/building/bank.hpp"
#include "tests/building/memory_keep.hpp"

namespace building {

// What hangs where. README.md has the table.
struct Scene {
  std::unique_ptr<Bank> line_a;
  std::unique_ptr<Bank> line_b;  // null: the scene has none
  std::unique_ptr<Bank> tcp;     // null: the scene has none
};

enum class SceneName { sample, bench, keys };
std::optional<SceneName> scene_named(std::string_view name);

// `think`: how long each device takes before it answers. `keep`: where the locks' memories outlive
// the program; it must outlive the scene.
Scene make_scene(SceneName name, Duration think, MoveSink& moves, MemoryKeep* keep = nullptr);

}  // namespace building
