#include <doctest/doctest.h>

#include "firmware/domain/locks/slot_plan.hpp"

using namespace genkan::domain;

TEST_CASE("KEY: a note's state is found again by its name") {
  for (const auto state : {NoteState::writing, NoteState::written, NoteState::removing}) {
    CHECK(note_state_named(name_of(state)) == state);
  }
  CHECK_FALSE(note_state_named("set"));
  CHECK_FALSE(note_state_named(""));
}

TEST_CASE("KEY: names as the API gives them") {
  CHECK(name_of(KeyState::waiting) == "waiting");
  CHECK(name_of(KeyState::still_opens) == "still_opens");
  CHECK(name_of(NotSet::none) == "none");
  CHECK(name_of(NotSet::code_foreign) == "code_foreign");
  CHECK(name_of(NotSet::unread) == "unread");
}
