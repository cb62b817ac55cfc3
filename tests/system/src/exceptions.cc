// Oracle: qemu. C++: exceptions through frames and threads, RTTI, streams, std::thread, futures, atomics of 16 bytes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

struct Base { virtual ~Base() = default; virtual std::string name() const { return "base"; } };
struct Derived : Base { std::string name() const override { return "derived"; } };
struct Noisy { int n; explicit Noisy(int k) : n(k) {} ~Noisy() { std::cout << "~" << n << ' '; } };

static int deep(int n)
{
    Noisy noisy(n);
    if (n == 0)
        throw std::runtime_error("from the bottom");
    return deep(n - 1) + 1;
}

struct alignas(16) Pair { long a, b; };

int main()
{
    try {
        deep(5);
    } catch (const std::exception &e) {
        std::cout << "caught " << e.what() << '\n';
    }
    int caught = 0;
    for (int i = 0; i < 500; i++)
        try {
            if (i % 3 == 0)
                throw i;
            if (i % 3 == 1)
                throw std::string("text");
            throw Derived();
        } catch (int) {
            caught++;
        } catch (const std::string &s) {
            caught += s.size();
        } catch (const Base &b) {
            caught += b.name() == "derived" ? 100 : 0;
        }
    std::cout << caught << '\n';
    auto future = std::async(std::launch::async, [] { std::this_thread::sleep_for(std::chrono::milliseconds(5)); throw std::out_of_range("other thread"); return 1; });
    try {
        future.get();
    } catch (const std::out_of_range &e) {
        std::cout << "future: " << e.what() << '\n';
    }
    std::atomic<Pair> pair{Pair{0, 0}};
    std::atomic<double> sum{0};
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::map<int, int> seen;
    for (int t = 0; t < 4; t++)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 2000; i++) {
                Pair old = pair.load();
                while (!pair.compare_exchange_weak(old, Pair{old.a + 1, old.b - 2})) {
                }
                double d = sum.load();
                while (!sum.compare_exchange_weak(d, d + 0.5)) {
                }
                std::lock_guard<std::mutex> guard(mutex);
                seen[i % 10] += t;
            }
        });
    for (auto &t : threads)
        t.join();
    Pair end = pair.load();
    std::cout << end.a << ' ' << end.b << ' ' << sum << ' ' << seen[3] << '\n';
    std::mt19937_64 random(42);
    std::normal_distribution<double> normal;
    std::vector<double> v(1000);
    std::generate(v.begin(), v.end(), [&] { return normal(random); });
    std::sort(v.begin(), v.end());
    std::cout << std::setprecision(17) << v[0] << ' ' << v[500] << ' ' << std::hexfloat << v[999] << std::defaultfloat << '\n';
    std::unordered_map<std::string, int> words;
    std::istringstream in("a b a c b a");
    for (std::string w; in >> w;)
        words[w]++;
    std::cout << words["a"] << words["b"] << words["c"] << ' ' << std::regex_replace("x1y22", std::regex("[0-9]+"), "<$&>") << '\n';
    std::unique_ptr<Base> p = std::make_unique<Derived>();
    std::cout << (dynamic_cast<Derived *>(p.get()) != nullptr) << ' ' << p->name() << '\n';
    std::condition_variable ready;
    bool go = false;
    std::thread waiter([&] { std::unique_lock<std::mutex> lock(mutex); ready.wait(lock, [&] { return go; }); std::cout << "woken\n"; });
    { std::lock_guard<std::mutex> guard(mutex); go = true; }
    ready.notify_one();
    waiter.join();
    try {
        std::vector<int>().at(3);
    } catch (...) {
        std::cout << "rethrown: ";
        try {
            throw;
        } catch (const std::logic_error &e) {
            std::cout << e.what() << std::endl;
        }
    }
    std::set_terminate([] { std::cout << "terminating" << std::endl; std::_Exit(8); });
    throw 1;
}
