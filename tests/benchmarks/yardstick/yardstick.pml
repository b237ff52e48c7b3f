/* The yardstick for Spin, by hand: `spillproof.model.lessons.yardstick` with 2 consumers that never forget a pin.
   Each step is one indivisible transition, so that states and transitions can be compared with ours. */

#ifndef CAPACITY
#define CAPACITY 40
#endif

typedef Consumer {
  byte accounted;
  byte owned;
  byte pinned;
  bool reading;
  bool spilled
};

Consumer c[2];

#define ACCOUNTED (c[0].accounted + c[1].accounted)
#define REACHABLE (c[0].owned + c[0].pinned + c[1].owned + c[1].pinned)

inline acquire(i, size) {
  d_step { (ACCOUNTED + size <= CAPACITY) ->
    c[i].accounted = c[i].accounted + size;
    c[i].owned = c[i].owned + size;
    assert(REACHABLE <= ACCOUNTED) }
}

inline start_reading(i) {
  d_step { (c[i].owned > 0 && !c[i].reading) -> c[i].reading = true }
}

inline end_reading(i) {
  d_step { (c[i].reading) ->
    c[i].reading = false;
    c[i].pinned = 0;
    c[i].accounted = c[i].owned;
    assert(REACHABLE <= ACCOUNTED) }
}

inline spill(i) {
  d_step { (c[i].owned > 0) ->
    if
    :: c[i].reading -> c[i].pinned = c[i].pinned + c[i].owned
    :: else -> c[i].accounted = c[i].accounted - c[i].owned
    fi;
    c[i].owned = 0;
    c[i].spilled = true;
    assert(REACHABLE <= ACCOUNTED) }
}

active proctype environment() {
  do
  :: acquire(0, 1)
  :: acquire(0, 2)
  :: start_reading(0)
  :: end_reading(0)
  :: spill(0)
  :: acquire(1, 1)
  :: acquire(1, 2)
  :: start_reading(1)
  :: end_reading(1)
  :: spill(1)
  od
}
