#pragma once

#include <string>
#include <vector>

#include "config/keys/key.h"
#include "model/time.h"

/// Types of values that a key may have: how each is read, with its bounds, and how it is printed.
/// The functions serve kField. A key that is absent leaves its value as it was.
namespace hakem::config::values {

struct Text {
  static void Read(const KeySource& source, std::string& value);
  static std::string Print(const std::string& value);
};

struct Texts {
  static void Read(const KeySource& source, std::vector<std::string>& value);
  static std::string Print(const std::vector<std::string>& value);
};

/// The path of a file or folder; a relative one is relative to the folder of the configuration.
struct Path : Text {
  static void Read(const KeySource& source, std::string& value);
};

struct Paths : Texts {
  static void Read(const KeySource& source, std::vector<std::string>& value);
};

/// A path that is printed only if it is set.
struct PathIfSet : Path {
  static std::string Print(const std::string& value);
};

struct Boolean {
  static void Read(const KeySource& source, bool& value);
  static std::string Print(bool value);
};

/// A whole number from 1 to 1,000,000.
struct Count {
  static void Read(const KeySource& source, int& value);
  static std::string Print(int value);
};

/// A number from 0 to 1: a share of one core.
struct CoreShare {
  static void Read(const KeySource& source, double& value);
  static std::string Print(double value);
};

/// Any duration.
struct TimeSpan {
  static void Read(const KeySource& source, Duration& value);
  static std::string Print(Duration value);
};

/// A duration of one second or more.
struct Interval : TimeSpan {
  static void Read(const KeySource& source, Duration& value);
};

/// An interval that need not be set: 0 then.
struct IntervalIfSet {
  static void Read(const KeySource& source, Duration& value);
  static std::string Print(Duration value);
};

/// A duration of more than 0.
struct Timeout : TimeSpan {
  static void Read(const KeySource& source, Duration& value);
};

/// Finite numbers of seconds in ascending order. An empty list leaves the value as it was.
struct HistogramBounds {
  static void Read(const KeySource& source, std::vector<double>& value);
  static std::string Print(const std::vector<double>& value);
};

}  // namespace hakem::config::values
