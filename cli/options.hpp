#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/console.hpp"
#include "engine/core/input.hpp"

// What the command line says, one structure a verb; filled in by main.cpp.
namespace saga::cli {

struct CommonOptions {
  OutputFormat format = OutputFormat::kText;
  std::string config;                 // `--config`; empty = ./saga.toml if it is there
  std::string db;                     // `--db`; empty = the configuration's
  std::vector<std::string> services;  // `--service NAME=URL`
  std::string callback_port;          // `--callback-port`; empty = the configuration's
};

struct CheckOptions : CommonOptions {
  std::vector<std::string> files;
};

struct NewOptions : CommonOptions {
  std::string file;
};

struct TestOptions : CommonOptions {
  std::vector<std::string> paths;  // files and folders
  std::string only;                // tests whose names hold it; empty = all
  std::string junit;               // a file for the report; empty = none
};

struct FmtOptions : CommonOptions {
  std::vector<std::string> paths;  // files and folders, or `-`
  bool check = false;
  bool diff = false;
};

// How mocks answer: `OPERATION=JSON` and `OPERATION=FAULT`.
struct MockSetup {
  std::vector<std::string> answers;
  std::vector<std::string> faults;
};

struct RunOptions : CommonOptions {
  std::string file;
  std::string saga;   // may be empty where the file has one only
  std::string input;  // JSON, `@FILE` or `-`
  std::string wait;   // a duration; empty = without end
  bool mock = false;  // mocks answer for all services that `--service` doesn't name
  MockSetup setup;
};

struct MockOptions : CommonOptions {
  std::vector<std::string> paths;  // files and folders
  std::uint16_t port = 0;          // 0 = a free one
  MockSetup setup;
};

struct ExplainOptions : CommonOptions {
  std::string code;
};

struct ListOptions : CommonOptions {
  std::string status;
  std::string definition;
  std::string key;
  std::string cursor;
  std::uint32_t limit = 100;
};

struct SagaOptions : CommonOptions {  // show, history
  std::string id;
  std::uint64_t after = 0;  // history: records after this one
};

struct OperateOptions : CommonOptions {
  core::OperatorVerb verb = core::OperatorVerb::kCancel;
  std::string id;
  std::string step;
  std::string reason;
  std::string actor;
  std::string outcome;  // settle: done, not_done
  std::string result;   // settle done: JSON, or `@FILE`
  std::string wait;     // a duration; empty = without end
};

struct DemoOptions : CommonOptions {
  std::string participant;  // the program of the demo participants
  std::string workflow;     // the order workflow
};

int run_check(const CheckOptions& options, const Console& console);
int run_new(const NewOptions& options, const Console& console);
int run_test(const TestOptions& options, const Console& console);
int run_fmt(const FmtOptions& options, const Console& console);
int run_mock(const MockOptions& options, const Console& console);
int run_run(const RunOptions& options, const Console& console);
int run_list(const ListOptions& options, const Console& console);
int run_show(const SagaOptions& options, const Console& console);
int run_history(const SagaOptions& options, const Console& console);
int run_inbox(const CommonOptions& options, const Console& console);
int run_operate(const OperateOptions& options, const Console& console);
int run_explain(const ExplainOptions& options, const Console& console);
int run_version(const CommonOptions& options, const Console& console);
int run_demo(const DemoOptions& options, const Console& console);

}  // namespace saga::cli
