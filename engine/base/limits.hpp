#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// Every bound of the engine, in one place. Past a bound there is a clear error, never a crash.
namespace saga::base::limits {

// Workflow files.
inline constexpr std::size_t kMaxSourceBytes = 1'000'000;
inline constexpr std::size_t kMaxSourceNesting = 200;  // of brackets, blocks and operators
inline constexpr std::size_t kMaxDiagnostics = 200;    // printed for one run of the checker
inline constexpr std::size_t kMaxFaultsKept = 1'000;   // errors of one run, and warnings

// One run of the compiler.
inline constexpr std::size_t kMaxTableBytes = 150'000'000;       // of all files, lowered
inline constexpr std::size_t kMaxDefinitionBytes = 100'000'000;  // of all sagas together
inline constexpr std::size_t kMaxCallChain = 200;                // of sagas, or aliases
inline constexpr std::size_t kMaxErrors = 100;                   // of an operation or a saga
inline constexpr std::size_t kMaxInlineDepth = 32;               // of functions in functions
inline constexpr std::size_t kMaxInlinedRows = 20'000;           // of one call, with all it calls
inline constexpr std::uint32_t kMaxExpressionDepth = 1'000;
inline constexpr std::uint64_t kMaxExpressionWeight = 4 * kMaxSourceBytes;
inline constexpr std::size_t kMaxConstantSteps = 10'000;         // of one constant
inline constexpr std::size_t kMaxAllConstantSteps = 20'000'000;  // of all
inline constexpr std::size_t kMaxConstantSize = 1'000;           // characters or items

// JSON from participants, clients and files.
inline constexpr std::size_t kMaxPayloadBytes = 1'048'576;
inline constexpr std::size_t kMaxJsonDepth = 64;

// One saga.
inline constexpr std::size_t kMaxKeyBytes = 240;
inline constexpr std::uint64_t kMaxEventsPerSaga = 200'000;
// Of what one input decides, and what a row of it may hold: past the first the saga waits for a
// person; it is far enough from the second for the statement that passed it.
inline constexpr std::size_t kMaxTransitionBytes = 16'000'000;
inline constexpr std::size_t kMaxRowBytes = 64'000'000;
inline constexpr std::size_t kMaxLoopItems = 10'000;            // of a `for`; rounds of a `repeat`
inline constexpr std::size_t kMaxParallel = 1'000;              // `for … parallel n`
inline constexpr std::size_t kMaxEvaluationSteps = 10'000'000;  // of one expression
inline constexpr std::size_t kMaxEvaluationBytes =
    128'000'000;  // of the texts that it reads and makes
inline constexpr std::size_t kMaxNoteBytes = 16'384;
inline constexpr std::uint64_t kMaxHistoryBytes =
    128'000'000;  // about; past it it goes backwards only
inline constexpr std::chrono::milliseconds kLeastComputedDelay{100};  // `retry after`, without end

// The orchestrator.
inline constexpr std::size_t kMaxHotSagas = 100'000;
inline constexpr std::size_t kMaxBatchTransitions = 1'000;
inline constexpr std::size_t kMaxQueuedInputs = 100'000;
inline constexpr std::chrono::minutes kTimerWindow{10};  // due times held in memory
inline constexpr std::size_t kMaxTimersLoaded = 10'000;  // a read of the journal; twice in memory

// HTTP participants.
inline constexpr std::size_t kMaxConnectionsPerTarget = 512;
inline constexpr std::size_t kMaxWaitingCallsPerTarget =
    kMaxHotSagas;  // ours, so no failure of theirs
inline constexpr std::size_t kMaxHeaderBytes = 16'384;
inline constexpr std::chrono::hours kMaxRetryAfter{24};

}  // namespace saga::base::limits
