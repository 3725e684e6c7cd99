#include "web/exposition/page_format.h"

#include <gtest/gtest.h>

namespace hakem::web {
namespace {

struct Case {
  const char* name;
  const char* accept;
  const char* content_type;
};

class ChooseFormatTest : public testing::TestWithParam<Case> {};

TEST_P(ChooseFormatTest, ChoosesTheFormatWithTheHighestWeight) {
  EXPECT_EQ(ChooseFormat(GetParam().accept).content_type, GetParam().content_type);
}

constexpr const char* kText = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* kOpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr const char* kOlder = "application/openmetrics-text; version=0.0.1; charset=utf-8";

INSTANTIATE_TEST_SUITE_P(
    Clients, ChooseFormatTest,
    testing::Values(
        Case{"Nothing", "", kText}, Case{"Curl", "*/*", kText},
        Case{"Browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", kText},
        Case{"Prometheus242",
             "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
             "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
             kOpenMetrics},
        Case{"Prometheus35",
             "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
             "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
             "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
             kOpenMetrics},
        Case{"PrometheusThatWantsText",
             "text/plain;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", kText},
        Case{"PrometheusThatWantsTheOlder",
             "application/openmetrics-text;version=0.0.1;q=0.6,text/plain;q=0.5", kOlder},
        Case{"NoVersion", "application/openmetrics-text", kOpenMetrics},
        Case{"QuotedVersion", "Application/OpenMetrics-Text; Version=\"1.0.0\"", kOpenMetrics},
        Case{"UnknownVersion", "application/openmetrics-text;version=2.0.0", kText},
        Case{"Refused", "application/openmetrics-text;q=0, text/plain;q=0.001", kText},
        Case{"EqualWeightsFirstOpenMetrics", "application/openmetrics-text, text/plain",
             kOpenMetrics},
        Case{"EqualWeightsFirstText", "text/plain, application/openmetrics-text", kText},
        Case{"WeightThatIsNone", "application/openmetrics-text;q=high, text/plain;q=0.1", kText},
        Case{"Protobuf",
             "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
             "encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5",
             kOpenMetrics}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace hakem::web
