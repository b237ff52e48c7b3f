/* The Spark task of spark@2.4.0 for Spin, by hand: the rules of `spillproof.model.spark.SparkTask`, one action of ours
   one indivisible step here.

   What Spin's answer covers: CONSUMERS maps, a pool of CAPACITY bytes, records of any size (whatever is larger than the
   pool behaves like CAPACITY + 1), any number of records. Ours covers every capacity at once.

   Records. Counting them would make states without end. The smallest abstraction that keeps "no record is lost or
   repeated" follows one record, of whatever map, from when it is put in until it is delivered: `where` are the places in
   which it can be read, which ought to be one. Of all others only `some` is known: in which places there are any. Taking
   one leaves others there or does not. As nothing depends on which record is which, what holds of the followed one holds
   of all; and as there may always be more, this has every run of the real thing.

   The claim about steps (a release frees what it says) follows from the claim about states in all of them. */

#ifndef CAPACITY
#define CAPACITY 8
#endif
#ifndef CONSUMERS
#define CONSUMERS 2        /* or 3 */
#endif
#ifndef FORCED_SPILL
#define FORCED_SPILL true  /* SPARK-22713: a forced spill replaces the iterator's upstream at once */
#endif
#ifndef EXHAUSTION
#define EXHAUSTION true    /* SPARK-22713: an exhausted iterator drops its upstream */
#endif
#ifndef KEEP_NOTHING
#define KEEP_NOTHING false /* the report's proposal, misread: upstream = null, and nothing instead */
#endif

/* what currentMap and upstream refer to */
#define NULL_ 0
#define EMPTY 1
#define TABLE 2
#define DISK  3

/* places of records: the table, files that no iterator reads yet, an iterator over files, the one that was read ahead */
#define IN_TABLE 1
#define IN_FILES 2
#define ON_DISK  4
#define AHEAD    8

typedef Map {
  byte used;
  byte size;                 /* of the table */
  unsigned current : 2;      /* NULL_, EMPTY or TABLE */
  unsigned upstream : 2;     /* NULL_, TABLE or DISK */
  unsigned some : 3;         /* places that hold records which are not followed */
  bool next_upstream;        /* before the fix: an iterator over files that is to be upstream at the next pull */
  bool files;
  bool reading;              /* readingIterator is not null */
  bool cur;                  /* a record was read ahead */
  bool building;             /* on the downstream's stack */
  bool iterated;             /* its iterator is in the downstream's list */
  bool registered            /* at the task memory manager */
};

Map m[CONSUMERS];
byte pool;
bool ended;

bool followed;               /* whether a record was chosen */
byte owner;                  /* whose it is */
bool owed;
unsigned where : 4;

/* chosen before a step, 0 after it */
unsigned action : 3;
byte i, size;
bool follow, pick, leave, later;
#ifdef STEPS
byte steps;
#endif

/* within a step only; breadth first, Spin allows no hidden variables */
#ifdef SHORTEST
#define hidden
#endif
hidden byte j, v, granted, waiting, best, tries, reachable, accounts;

#define HAS(x, place) ((m[x].some & (place)) || (owner == x && (where & (place))))
#define ROOTED(x) (m[x].registered || m[x].building || m[x].iterated)
#define HOLDS_TABLE(x) (m[x].current == TABLE || (m[x].reading && m[x].upstream == TABLE))
#define READS_DISK(x) (m[x].reading && (m[x].upstream == DISK || m[x].next_upstream))

inline forget(x, places) {
  m[x].some = m[x].some & (15 - (places));
  if
  :: owner == x -> where = where & (15 - (places))
  :: else
  fi
}

inline move(x, from, to) {
  m[x].some = m[x].some | ((m[x].some & from) -> to : 0);
  if
  :: owner == x -> where = where | ((where & from) -> to : 0)
  :: else
  fi;
  forget(x, from)
}

inline read_ahead(x, from) {
  if
  :: owner == x && (where & from) && (pick || !(m[x].some & from)) -> where = (where & (15 - from)) | AHEAD
  :: else ->
     assert(m[x].some & from);
     if
     :: !leave -> m[x].some = m[x].some & (15 - from)
     :: else
     fi
  fi;
  m[x].cur = true
}

inline release(x) {
  assert(m[x].used <= pool);
  pool = pool - m[x].used;
  m[x].used = 0
}

inline take_files(x) {
  move(x, IN_FILES, ON_DISK);
  m[x].files = false
}

inline free_current_map(x) {
  if
  :: m[x].current == TABLE -> m[x].current = NULL_; release(x)
  :: else -> m[x].current = NULL_
  fi
}

/* Asking for memory */

inline force_spill(x) {
  if
  :: m[x].reading && (m[x].next_upstream || m[x].upstream != TABLE) -> skip   /* has spilled: frees nothing */
  :: m[x].reading && !(m[x].next_upstream || m[x].upstream != TABLE) ->
     if
     :: KEEP_NOTHING -> m[x].upstream = NULL_
     :: else ->
        move(x, IN_TABLE, ON_DISK);
        take_files(x);
        if
        :: FORCED_SPILL -> m[x].upstream = DISK
        :: else -> m[x].next_upstream = true                                    /* and upstream is as before */
        fi
     fi;
     m[x].current = NULL_;
     release(x)
  :: else ->
     assert(m[x].current == TABLE);
     move(x, IN_TABLE, IN_FILES);
     m[x].files = true;
     m[x].current = EMPTY;
     m[x].size = 0;
     release(x)
  fi
}

#define SUFFICES(x) (m[x].used >= size - granted)

inline consider(x) {
  if
  :: !(waiting & (1 << x)) -> skip
  :: else ->
     if
     :: best == 255 -> best = x
     :: else ->
        if
        :: SUFFICES(best) && SUFFICES(x) && m[x].used < m[best].used -> best = x    /* the smallest that suffices */
        :: !SUFFICES(best) && m[x].used > m[best].used -> best = x                  /* else the largest */
        :: m[x].used == m[best].used && later -> best = x                           /* a tie: the environment's choice */
        :: else
        fi
     fi
  fi
}

inline pool_grants() {
  v = (size - granted <= CAPACITY - pool -> size - granted : CAPACITY - pool);
  pool = pool + v;
  granted = granted + v
}

inline acquire() {
  granted = 0;
  pool_grants();
  waiting = 0;
  j = 0;
  do
  :: j < CONSUMERS ->
     waiting = waiting | ((j != i && m[j].registered && m[j].current == TABLE) -> (1 << j) : 0);
     j++
  :: else -> break
  od;
  do
  :: granted < size && waiting ->
     best = 255;
     j = 0;
     do
     :: j < CONSUMERS -> consider(j); j++
     :: else -> break
     od;
     force_spill(best);
     pool_grants();
     waiting = waiting & (255 - (1 << best))
  :: else -> break
  od;
  m[i].registered = true;      /* the requester itself never spills for its own sake here */
  m[i].used = m[i].used + granted
}

inline maybe_spill() {
  acquire();
  if
  :: granted < size ->
     move(i, IN_TABLE, IN_FILES);
     m[i].files = true;
     release(i);
     m[i].current = EMPTY;
     m[i].size = 0
  :: else
  fi
}

/* The actions */

inline put(place) {
  if
  :: follow -> followed = true; owner = i; owed = true; where = place
  :: else -> m[i].some = m[i].some | place
  fi
}

inline insert() {
  tries = 0;
  do
  :: tries < 2 ->                                        /* again with an empty map */
     maybe_spill();
     tries = (granted < size -> tries + 1 : 2)
  :: else -> break
  od;
  if
  :: granted < size -> put(IN_FILES)
  :: else -> m[i].current = TABLE; m[i].size = m[i].size + size; put(IN_TABLE)
  fi
}

inline open() {
  m[i].building = false;
  m[i].iterated = (m[i].current == TABLE || m[i].files);
  m[i].reading = true;
  m[i].upstream = TABLE;
  if
  :: m[i].current != TABLE ->
     m[i].upstream = (m[i].files -> DISK : NULL_);
     take_files(i);
     free_current_map(i)
  :: else
  fi;
  if
  :: m[i].upstream == TABLE -> read_ahead(i, IN_TABLE)
  :: m[i].upstream == DISK -> read_ahead(i, ON_DISK)
  :: else
  fi
}

inline read_next() {
  m[i].cur = false;
  if
  :: m[i].next_upstream -> m[i].upstream = DISK; m[i].next_upstream = false
  :: else
  fi;
  if
  :: m[i].upstream == TABLE && HAS(i, IN_TABLE) -> read_ahead(i, IN_TABLE)
  :: m[i].upstream == DISK && HAS(i, ON_DISK) -> read_ahead(i, ON_DISK)
  :: else ->
     if
     :: m[i].files && EXHAUSTION ->
        free_current_map(i);
        m[i].upstream = DISK;
        take_files(i);
        if
        :: HAS(i, ON_DISK) -> read_ahead(i, ON_DISK)
        :: else
        fi
     :: m[i].files && !EXHAUSTION ->
        free_current_map(i);                                                    /* and upstream is as before */
        if
        :: HAS(i, IN_FILES) -> read_ahead(i, IN_FILES)
        :: else -> m[i].files = false
        fi
     :: else
     fi
  fi
}

inline pull() {
  if
  :: m[i].cur ->
     if
     :: owner == i && (where & AHEAD) -> where = where & (15 - AHEAD); owed = false
     :: else
     fi;
     read_next()
  :: else ->
     m[i].iterated = false;
     free_current_map(i);
     if
     :: EXHAUSTION -> m[i].upstream = NULL_
     :: else
     fi
  fi
}

inline end_task() {
  j = 0;
  do
  :: j < CONSUMERS -> m[j].building = false; m[j].iterated = false; m[j].registered = false; j++
  :: else -> break
  od;
  pool = 0;
  owed = false;
  ended = true
}

/* After each step */

inline collect(x) {
  if
  :: !ROOTED(x) ->
     forget(x, 15);
     m[x].used = 0; m[x].size = 0; m[x].current = NULL_; m[x].upstream = NULL_;
     m[x].next_upstream = false; m[x].files = false; m[x].reading = false; m[x].cur = false
  :: else ->
     if
     :: !HOLDS_TABLE(x) -> m[x].size = 0; forget(x, IN_TABLE)
     :: else
     fi;
     if
     :: !READS_DISK(x) -> forget(x, ON_DISK)
     :: else
     fi;
     if
     :: !m[x].building && !m[x].iterated -> forget(x, 15)                       /* nobody will read it */
     :: else
     fi
  fi
}

inline check() {
  reachable = 0;
  accounts = 0;
  j = 0;
  do
  :: j < CONSUMERS ->
     collect(j);
     reachable = reachable + (HOLDS_TABLE(j) -> m[j].size : 0);
     accounts = accounts + m[j].used;
     j++
  :: else -> break
  od;
  assert(reachable <= pool);                             /* accounted free memory is unreachable */
  assert(reachable <= CAPACITY);                         /* what is acquired can be allocated */
  assert(accounts == pool);                              /* counters balance */
  assert(!ended || reachable + pool == 0);               /* nothing is left at the end */
  assert(owed -> (where == IN_TABLE || where == IN_FILES || where == ON_DISK || where == AHEAD) : where == 0);
  if
  :: !owed -> owner = 0
  :: else
  fi;
  action = 0; i = 0; size = 0; follow = false; pick = false; leave = false; later = false;
  j = 0; v = 0; granted = 0; waiting = 0; best = 0; tries = 0; reachable = 0; accounts = 0
#ifdef STEPS
  ; steps++
#endif
}

#ifdef STEPS
#define MORE (steps < STEPS)
#else
#define MORE true
#endif
#define BUILDING(x) (m[x].building)
#if CONSUMERS == 3
#define PULLABLE(x) (m[x].iterated && !m[0].building && !m[1].building && !m[2].building)
#define ANY(can, which) :: MORE && can(0) -> i = 0; action = which :: MORE && can(1) -> i = 1; action = which \
                        :: MORE && can(2) -> i = 2; action = which
#else
#define PULLABLE(x) (m[x].iterated && !m[0].building && !m[1].building)
#define ANY(can, which) :: MORE && can(0) -> i = 0; action = which :: MORE && can(1) -> i = 1; action = which
#endif

#define INSERT   1
#define ITERATOR 2
#define PULL     3
#define END_TASK 4

active proctype task() {
  d_step {
    j = 0;
    do
    :: j < CONSUMERS -> m[j].building = true; m[j].current = EMPTY; j++
    :: else -> break
    od;
    j = 0
  };
end:
  do
  :: atomic {
       if
       ANY(BUILDING, INSERT)
       ANY(BUILDING, ITERATOR)
       ANY(PULLABLE, PULL)                               /* a CoGroupedRDD builds all iterators before it pulls any */
       :: MORE && !ended -> action = END_TASK
       fi;
       if
       :: action == INSERT ->
          size = 1;
          do
          :: size <= CAPACITY -> size++
          :: break
          od;
          if
          :: follow = false
          :: !followed -> follow = true
          fi
#if CONSUMERS == 3
          ;
          if
          :: later = false
          :: later = true
          fi
#endif
       :: action == ITERATOR || action == PULL ->
          if
          :: leave = false
          :: leave = true
          fi;
          if
          :: pick = false
          :: pick = true
          fi
       :: else
       fi;
       d_step {
         if
         :: action == INSERT -> printf("insert %d %d\n", i, size); insert()
         :: action == ITERATOR -> printf("iterator %d\n", i); open()
         :: action == PULL -> printf("pull %d\n", i); pull()
         :: else -> printf("end_task\n"); end_task()
         fi;
         check()
       }
     }
  od
}
