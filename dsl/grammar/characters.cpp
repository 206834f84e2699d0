#include "dsl/grammar/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace saga::dsl::grammar {

namespace {

std::uint32_t decode(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
  };
  switch (code_point_size(text)) {
    case 1: return byte(0);
    case 2: return (byte(0) & 0x1FU) << 6 | (byte(1) & 0x3FU);
    case 3: return (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
    default:
      return (byte(0) & 0x07U) << 18 | (byte(1) & 0x3FU) << 12 | (byte(2) & 0x3FU) << 6 |
             (byte(3) & 0x3FU);
  }
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
  std::string_view reason;
};

constexpr std::string_view kControl = "a control character";
constexpr std::string_view kSpace = "a space that isn't the usual one";
constexpr std::string_view kInvisible = "an invisible character";
constexpr std::string_view kQuote = "a typographic quote: texts stand in \" \"";
constexpr std::string_view kPunctuation = "a punctuation mark";
constexpr std::string_view kSymbol = "a symbol";
constexpr std::string_view kWide = "a full-width character: write the usual one";
constexpr std::string_view kPrivate = "a character without a meaning of its own";

// Sorted, without overlaps.
constexpr auto kRefused = std::to_array<Range>({
    {0x0080, 0x009F, kControl},     {0x00A0, 0x00A0, kSpace},       {0x00A1, 0x00A9, kSymbol},
    {0x00AB, 0x00AC, kPunctuation}, {0x00AD, 0x00AD, kInvisible},   {0x00AE, 0x00B4, kSymbol},
    {0x00B6, 0x00B9, kPunctuation}, {0x00BB, 0x00BF, kPunctuation}, {0x00D7, 0x00D7, kSymbol},
    {0x00F7, 0x00F7, kSymbol},      {0x034F, 0x034F, kInvisible},   {0x061C, 0x061C, kInvisible},
    {0x115F, 0x1160, kInvisible},   {0x1680, 0x1680, kSpace},       {0x17B4, 0x17B5, kInvisible},
    {0x180B, 0x180F, kInvisible},   {0x2000, 0x200A, kSpace},       {0x200B, 0x200F, kInvisible},
    {0x2010, 0x2017, kPunctuation}, {0x2018, 0x201F, kQuote},       {0x2020, 0x2027, kPunctuation},
    {0x2028, 0x202E, kInvisible},   {0x202F, 0x202F, kSpace},       {0x2030, 0x203E, kPunctuation},
    {0x2041, 0x2053, kPunctuation}, {0x2055, 0x205E, kPunctuation}, {0x205F, 0x205F, kSpace},
    {0x2060, 0x206F, kInvisible},   {0x2190, 0x2BFF, kSymbol},      {0x2E00, 0x2E7F, kPunctuation},
    {0x3000, 0x3000, kSpace},       {0x3001, 0x3003, kPunctuation}, {0x3008, 0x3020, kPunctuation},
    {0x3030, 0x3030, kPunctuation}, {0x3164, 0x3164, kInvisible},   {0xD800, 0xF8FF, kPrivate},
    {0xFE00, 0xFE0F, kInvisible},   {0xFE10, 0xFE19, kPunctuation}, {0xFE30, 0xFE6F, kPunctuation},
    {0xFEFF, 0xFEFF, kInvisible},   {0xFF01, 0xFF60, kWide},        {0xFFA0, 0xFFA0, kInvisible},
    {0xFFE0, 0xFFE6, kWide},        {0xFFF0, 0xFFFF, kPrivate},     {0x1D400, 0x1D7FF, kSymbol},
    {0x1F000, 0x1FAFF, kSymbol},    {0xE0000, 0x10FFFF, kPrivate},
});

struct Lookalike {
  std::uint32_t letter;
  char ascii;
};

// Cyrillic, Greek and other letters that can't be told from ASCII ones. Sorted.
constexpr auto kLookalikes = std::to_array<Lookalike>({
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'},
    {0x039A, 'K'}, {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'},
    {0x03A5, 'Y'}, {0x03A7, 'X'}, {0x03B1, 'a'}, {0x03B9, 'i'}, {0x03BD, 'v'}, {0x03BF, 'o'},
    {0x03C1, 'p'}, {0x03C5, 'u'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'},
    {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'},
    {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'},
    {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0455, 's'},
    {0x0456, 'i'}, {0x0458, 'j'}, {0x0475, 'v'}, {0x04AE, 'Y'}, {0x04BB, 'h'}, {0x04C0, 'I'},
    {0x0501, 'd'}, {0x051B, 'q'}, {0x051D, 'w'}, {0x0555, 'O'}, {0x0570, 'h'}, {0x0578, 'n'},
    {0x057D, 'u'}, {0x0585, 'o'},
});

}  // namespace

std::size_t code_point_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

std::string_view refused_in_name(std::string_view text) {
  const std::uint32_t point = decode(text);
  const auto found = std::ranges::lower_bound(kRefused, point, {}, &Range::last);
  return found != kRefused.end() && found->first <= point ? found->reason : std::string_view();
}

std::string skeleton_of(std::string_view name) {
  std::string skeleton;
  while (!name.empty()) {
    const std::size_t size = code_point_size(name);
    const std::uint32_t point = decode(name);
    const auto found = std::ranges::lower_bound(kLookalikes, point, {}, &Lookalike::letter);
    if (found != kLookalikes.end() && found->letter == point) {
      skeleton += found->ascii;
    } else {
      skeleton += name.substr(0, size);
    }
    name.remove_prefix(size);
  }
  return skeleton;
}

std::string code_point_name(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string digits;
  for (std::uint32_t rest = decode(text); rest != 0 || digits.size() < 4; rest >>= 4) {
    digits.insert(digits.begin(), kHex[rest & 15U]);
  }
  return "U+" + digits;
}

}  // namespace saga::dsl::grammar
