#pragma once

#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

// Go's types for times, with the methods that templates can call.
extern const Type kTimeType;             ///< time.Time
extern const Type kTimePointerType;      ///< *time.Time
extern const Type kDurationType;         ///< time.Duration: nanoseconds.
extern const Type kDurationPointerType;  ///< *time.Duration
extern const Type kMonthType;            ///< time.Month
extern const Type kWeekdayType;          ///< time.Weekday

}  // namespace hakem::gotemplate
