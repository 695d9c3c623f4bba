// Compiled without instrumentation, so that ThreadSanitizer sees the threads of a block and their barriers,
// and nothing of the switching between them. The sanitizers' functions are weak: absent in other builds.
#include "tests/kernels/block/fiber_team.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <boost/context/fiber.hpp>
#include <boost/context/fixedsize_stack.hpp>
#include <exception>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#define SYMSCAN_WEAK __attribute__((weak))
extern "C" {
SYMSCAN_WEAK void* __tsan_get_current_fiber();
SYMSCAN_WEAK void* __tsan_create_fiber(unsigned flags);
SYMSCAN_WEAK void __tsan_destroy_fiber(void* fiber);
SYMSCAN_WEAK void __tsan_switch_to_fiber(void* fiber, unsigned flags);
SYMSCAN_WEAK void __tsan_acquire(void* address);
SYMSCAN_WEAK void __tsan_release(void* address);
SYMSCAN_WEAK void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom, std::size_t size);
SYMSCAN_WEAK void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom, std::size_t* size);
}

namespace symscan::test {
namespace {

namespace context = boost::context;

constexpr std::size_t stack_bytes = 256 * 1024;
constexpr unsigned no_synchronisation = 1;  // flag of __tsan_switch_to_fiber

struct Abandoned {};  // unwinds a thread whose block has failed

/// The name and the end of what `text` ends with before position `end`: an identifier, after its template
/// arguments.
std::string identifier_before(const std::string& text, std::size_t end) {
  const auto skip = [&](char opening, char closing) {
    if (end == 0 || text[end - 1] != closing) return;
    int depth = 0;
    do {
      --end;
      depth += text[end] == closing ? 1 : text[end] == opening ? -1 : 0;
    } while (depth > 0 && end > 0);
  };
  const std::string constant = " const";
  if (end >= constant.size() && text.compare(end - constant.size(), constant.size(), constant) == 0) {
    end -= constant.size();
  }
  skip('(', ')');
  skip('<', '>');
  std::size_t begin = end;
  while (begin > 0 && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) || text[begin - 1] == '_')) {
    --begin;
  }
  return text.substr(begin, end - begin);
}

/// What the sanitizers must know about the stack that runs next.
struct Stack {
  const void* bottom = nullptr;
  std::size_t size = 0;
  void* fake = nullptr;  // AddressSanitizer's
  void* tsan = nullptr;

  void announce(void** fake_of_this_stack) const {
    if (__sanitizer_start_switch_fiber) __sanitizer_start_switch_fiber(fake_of_this_stack, bottom, size);
    if (__tsan_switch_to_fiber) __tsan_switch_to_fiber(tsan, no_synchronisation);
  }
};

void release(char& object) {
  if (__tsan_release) __tsan_release(&object);
}
void acquire(char& object) {
  if (__tsan_acquire) __tsan_acquire(&object);
}

}  // namespace

std::string Barrier::name() const {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(code->name(), nullptr, nullptr, &status), std::free);
  const std::string text = status == 0 ? demangled.get() : code->name();
  const std::size_t lambda = text.rfind("::{lambda(");
  if (lambda == std::string::npos) return text;
  std::string name = identifier_before(text, lambda) + (kind == BarrierKind::phase ? " phase" : " single");
  const std::size_t number = text.find('#', lambda);
  if (number != std::string::npos && text.compare(number, 3, "#1}") != 0) {
    name += " " + text.substr(number + 1, text.find('}', number) - number - 1);
  }
  if (kind == BarrierKind::before_single) name += " before";
  if (kind == BarrierKind::after_single) name += " after";
  return name;
}

struct FiberBlock::Scheduler {
  struct Thread {
    context::fiber fiber;      // of this thread, while the scheduler runs
    context::fiber return_to;  // the scheduler, while the thread runs
    Stack stack;
    std::size_t passed = 0;  // barriers
    std::size_t waited = 0;
    bool done = false;
  };

  FiberOrder order;
  std::mt19937 random;
  std::set<std::size_t> left_out;
  std::vector<Barrier> barriers;
  std::vector<Thread> threads;
  Stack main;
  std::exception_ptr failure;
  // A thread may release the next barrier before another has acquired this one: two objects in turn.
  char barrier_objects[2];
  char start_object, end_object;

  void fail(const std::string& sentence) {
    if (!failure) failure = std::make_exception_ptr(DivergenceError(sentence));
  }

  void start(FiberBlock& block, int number, const std::function<void(const FiberTeam&)>& program) {
    Thread& thread = threads[number];
    context::fixedsize_stack allocator(stack_bytes);
    const context::stack_context stack = allocator.allocate();
    thread.stack.bottom = static_cast<char*>(stack.sp) - stack.size;
    thread.stack.size = stack.size;
    if (__tsan_create_fiber) thread.stack.tsan = __tsan_create_fiber(0);
    thread.fiber = context::fiber(std::allocator_arg, context::preallocated(stack.sp, stack.size, stack),
                                  allocator, [this, &block, number, &program](context::fiber&& from) {
                                    Thread& self = threads[number];
                                    self.return_to = std::move(from);
                                    if (__sanitizer_finish_switch_fiber) {
                                      __sanitizer_finish_switch_fiber(nullptr, &main.bottom, &main.size);
                                    }
                                    acquire(start_object);
                                    try {
                                      if (!failure) program(FiberTeam(block, number));
                                    } catch (const Abandoned&) {
                                    } catch (...) {
                                      if (!failure) failure = std::current_exception();
                                    }
                                    self.done = true;
                                    release(end_object);
                                    main.announce(nullptr);
                                    return std::move(self.return_to);
                                  });
  }

  /// Runs a thread up to its next barrier or its end.
  void resume(Thread& thread) {
    thread.stack.announce(&main.fake);
    thread.fiber = std::move(thread.fiber).resume();
    if (__sanitizer_finish_switch_fiber) __sanitizer_finish_switch_fiber(main.fake, nullptr, nullptr);
  }

  /// Called by the thread.
  void suspend(Thread& thread) {
    main.announce(&thread.stack.fake);
    thread.return_to = std::move(thread.return_to).resume();
    if (__sanitizer_finish_switch_fiber) {
      __sanitizer_finish_switch_fiber(thread.stack.fake, &main.bottom, &main.size);
    }
  }

  void run_to_the_end() {
    std::vector<int> turns(threads.size());
    std::iota(turns.begin(), turns.end(), 0);
    if (order == FiberOrder::backward) std::reverse(turns.begin(), turns.end());
    while (true) {
      if (order == FiberOrder::shuffled) std::shuffle(turns.begin(), turns.end(), random);
      for (const int turn : turns) {
        resume(threads[turn]);
        if (failure) return;
      }
      const auto ended = [](const Thread& thread) { return thread.done; };
      if (std::all_of(threads.begin(), threads.end(), ended)) break;
      const auto waiting = std::find_if_not(threads.begin(), threads.end(), ended);
      const auto gone = std::find_if(threads.begin(), threads.end(), ended);
      if (gone == threads.end()) continue;
      fail("thread " + std::to_string(gone - threads.begin()) + " has ended, thread " +
           std::to_string(waiting - threads.begin()) + " waits at barrier '" +
           barriers[waiting->passed - 1].name() + "'");
      return;
    }
    for (const Thread& thread : threads) {
      if (thread.passed != threads.front().passed) {
        fail("thread 0 passed " + std::to_string(threads.front().passed) + " barriers, another thread " +
             std::to_string(thread.passed));
      }
    }
  }
};

FiberBlock::FiberBlock(float* shared, int threads, FiberOrder order, std::uint32_t seed)
    : shared_(shared), threads_(threads), scheduler_(std::make_unique<Scheduler>()) {
  scheduler_->order = order;
  scheduler_->random.seed(seed);
}

FiberBlock::~FiberBlock() = default;

void FiberBlock::leave_out(const std::vector<std::size_t>& numbers) {
  scheduler_->left_out = {numbers.begin(), numbers.end()};
}

const std::vector<Barrier>& FiberBlock::barriers() const {
  return scheduler_->barriers;
}

void FiberBlock::run(const std::function<void(const FiberTeam&)>& program) {
  Scheduler& s = *scheduler_;
  s.barriers.clear();
  s.failure = nullptr;
  s.threads = std::vector<Scheduler::Thread>(threads_);
  if (__tsan_get_current_fiber) s.main.tsan = __tsan_get_current_fiber();
  for (int thread = 0; thread < threads_; ++thread) s.start(*this, thread, program);
  release(s.start_object);
  s.run_to_the_end();
  for (auto& thread : s.threads) {
    while (!thread.done) s.resume(thread);  // only after a failure: to be unwound
    if (__tsan_destroy_fiber) __tsan_destroy_fiber(thread.stack.tsan);
  }
  acquire(s.end_object);
  s.threads.clear();
  if (s.failure) std::rethrow_exception(s.failure);
}

void FiberBlock::wait(int number, const Barrier& barrier) {
  Scheduler& s = *scheduler_;
  Scheduler::Thread& thread = s.threads[number];
  const std::size_t passing = thread.passed++;
  if (passing == s.barriers.size()) {
    s.barriers.push_back(barrier);
  } else if (!(s.barriers[passing] == barrier)) {
    s.fail("thread " + std::to_string(number) + " comes to barrier '" + barrier.name() +
           "', another thread to '" + s.barriers[passing].name() + "'");
    throw Abandoned();
  }
  if (s.left_out.count(passing) != 0) return;
  char& object = s.barrier_objects[thread.waited++ % 2];
  release(object);
  s.suspend(thread);
  if (s.failure) throw Abandoned();
  acquire(object);
}

}  // namespace symscan::test
