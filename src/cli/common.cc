#include <cerrno>
#include <cstdlib>
#include <iostream>

#include "cli/bytes_out.h"
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/input.h"
#include "cli/option_shape.h"
#include "text/clean.h"

namespace atau::cli {
namespace {

// An installation may have been moved, or made under another prefix than was configured: look beside the program before giving up.
std::string BundlePath() {
  std::string path = DefaultBundlePath();
  if (!path.empty()) return path;
  const std::string folder = BesideProgram({".", "../share/atau"}, "atau.bundle");
  return folder.empty() ? folder : folder + "/atau.bundle";
}

std::vector<std::string> TypeNames() {
  std::vector<std::string> names;
  for (int i = 1; i < kTypeCount; ++i) names.emplace_back(TypeName(static_cast<Type>(i)));
  return names;
}

std::vector<std::string> RepairNames() {
  std::vector<std::string> names;
  for (int i = 0; i < text::kRepairKinds; ++i) names.emplace_back(text::RepairName(static_cast<text::RepairKind>(i)));
  return names;
}

// A day of the calendar as YYYY-MM-DD.
std::string CheckDate(std::string& date) {
  bool good = date.size() == 10 && date[4] == '-' && date[7] == '-';
  for (std::size_t i = 0; good && i < date.size(); ++i) good = i == 4 || i == 7 || (date[i] >= '0' && date[i] <= '9');
  if (good) {
    const int year = std::atoi(date.substr(0, 4).c_str()), month = std::atoi(date.substr(5, 2).c_str());
    const int day = std::atoi(date.substr(8, 2).c_str());
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    good = year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
  }
  return good ? std::string() : Say("\"{1}\" is no day written as YYYY-MM-DD, such as 2021-03-25", date);
}

}  // namespace

int Print(const std::string& text, int status) {
  std::string error;
  const auto out = ByteSink::Open("-", ByteSink::Start::kAppend, false, &error);
  if (out == nullptr) return Complain(error), kFailed;
  out->Write(text);
  return out->Close() ? status : (Complain(out->error()), kFailed);
}

void Complain(const std::string& message) { std::cerr << "atau: " << message << '\n'; }
void Complain(const Error& error) { Complain(error.ToString()); }

CLI::Validator OneOf(const std::vector<std::string>& names) {
  const auto check = [names](std::string& value) {
    for (const std::string& name : names) {
      if (name == value) return std::string();
    }
    return Say("\"{1}\" is none of {2}", value, Listed(names));
  };
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return {check, "{" + list + "}"};
}

CLI::Validator WholeNumber(long least, long most) {
  return {[least, most](std::string& value) {
            char* end = nullptr;
            errno = 0;
            const long n = std::strtol(value.c_str(), &end, 10);
            if (!value.empty() && *end == '\0' && errno == 0 && n >= least && n <= most) return std::string();
            return Say("\"{1}\" is no whole number from {2} to {3}", value, std::to_string(least), std::to_string(most));
          },
          ""};
}

void ExtractorOptions::AddTo(CLI::App* app) {
  app->add_option("--bundle", bundle, T("The bundle to use (default: $ATAU_BUNDLE, else the one beside the program)"))->type_name("FILE");
  app->add_option("--extra", extra, T("Own dictionaries (.tsv), rules (.rules) or bundles (.atau), on top of the bundle; may be repeated"))
      ->type_name("FILE")
      ->allow_extra_args(false);
  app->add_option("--date", date, T("The date of the texts, for «вчера» and the like"))
      ->type_name("YYYY-MM-DD")
      ->check(CLI::Validator(CheckDate, ""));
  const auto check_type = [](std::string& value) {
    if (TypeByName(value) != Type::kNone) return std::string();
    return Say("there is no type \"{1}\"; the types are {2}", value, Listed(TypeNames()));
  };
  const auto check_repair = [](std::string& value) {
    const std::vector<std::string> known = RepairNames();
    for (const std::string& name : known) {
      if (name == value) return std::string();
    }
    return Say("there is no repair \"{1}\"; the repairs are {2}", value, Listed(known));
  };
  const auto list = [](const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "" : ",") + name;
    return "{" + out + "}";
  };
  app->add_option("--types", types, T("Only these types, parted by commas"))
      ->type_name("TYPE")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Validator(check_type, list(TypeNames())));
  app->add_option("--without", without, T("Not these kinds, parted by commas, as in --without street,building"))
      ->type_name("KIND")
      ->delimiter(',')
      ->allow_extra_args(false);
  app->add_flag("--places-apart", places_apart,
                T("A body's place is a mention of its own: «Министерство обороны» and «РФ», as in factRuEval, where else both are one"));
  app->add_option("--keep", keep, T("Repairs to switch off, parted by commas"))
      ->type_name("REPAIR")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Validator(check_repair, list(RepairNames())));
}

int ExtractorOptions::Load(std::vector<Extractor>* out) const {
  LoadOptions options;
  for (const std::string& file : extra) {
    if (file.ends_with(".tsv") || file.ends_with(".rules")) {
      std::string content;
      if (!ReadFile(file, &content)) return kFailed;
      options.extra_sources.push_back({file, std::move(content)});
    } else {
      options.extra_bundles.push_back(file);
    }
  }
  const std::string path = bundle.empty() ? BundlePath() : bundle;
  if (path.empty()) {
    Complain(T("there is no bundle: name one by --bundle or $ATAU_BUNDLE (`atau compile dictionaries -o atau.bundle` makes one)"));
    return kFailed;
  }
  // Each extra bundle is looked at by itself, so that the message names the file and what may be in it.
  auto extractor = Extractor::Load(path, options);
  if (!extractor.ok()) {
    Complain(extractor.error());
    for (const std::string& file : options.extra_bundles) {
      if (extractor.error().ToString().find(file) != std::string::npos) {
        Complain(T("--extra takes dictionaries (.tsv), rules (.rules) and bundles that `atau compile` made (.atau)"));
        break;
      }
    }
    return kFailed;
  }
  // What is wrong for every text is told once.
  if (const auto tried = extractor.value().Extract("", ToExtractOptions(false)); !tried.ok()) {
    Complain(tried.error());
    return kUsage;
  }
  out->push_back(std::move(extractor.value()));
  return kOk;
}

ExtractOptions ExtractorOptions::ToExtractOptions(bool html) const {
  ExtractOptions o;
  o.html = html;
  o.date = date;
  o.keep = keep;
  o.without = without;
  o.places_apart = places_apart;
  for (const std::string& t : types) o.types.push_back(TypeByName(t));
  return o;
}

void InputOptions::AddTo(CLI::App* app) {
  app->add_option("--from", from, T("Input, where auto goes by the files' names (.jsonl, .html, all else text)"))
      ->check(OneOf({"auto", "text", "jsonl", "html"}))
      ->capture_default_str();
  app->add_option("--glob", globs, T("Of folders, only files whose name matches the pattern; may be repeated"))
      ->type_name("PATTERN")
      ->allow_extra_args(false);
  app->add_option("--charset", charset, T("Charset of text and HTML input: auto, utf-8, windows-1251, koi8-r, utf-16, …"))
      ->type_name("CHARSET")
      ->capture_default_str();
  app->add_flag("--lines", lines, T("Text input: each line is a document"));
  app->add_option("FILE", files, T("Files or folders, plain or compressed (.gz); standard input when none is named, or for -"))
      ->type_name("FILE");
}

}  // namespace atau::cli
