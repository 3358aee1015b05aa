// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is built with the same settings: Swift 6 mode, strict concurrency, strict memory safety.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),  // `any P` is visible where it costs
    .enableUpcomingFeature("MemberImportVisibility"),  // no accidental transitive API
    .enableUpcomingFeature("InternalImportsByDefault"),  // an import leaks only on purpose
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    .strictMemorySafety(),  // every unsafe use is spelled `unsafe`
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A library target of ours; `path` is below `Sources`.
func library(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/" + path, swiftSettings: strict)
}

/// A thin executable over one library of ours.
func executable(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: "Sources/" + path, swiftSettings: strict)
}

/// The tests of one library, in `Tests/<name>Tests`.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "dialtone",
    products: [
        .executable(name: "dialtone", targets: ["dialtone"]),
        .executable(name: "dialtone-gateway", targets: ["dialtone-gateway"]),
        .executable(name: "dialtone-stt", targets: ["dialtone-stt"]),
        .executable(name: "dialtone-llm", targets: ["dialtone-llm"]),
        .executable(name: "dialtone-tts", targets: ["dialtone-tts"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // Layer 0: system libraries and leaves that import nothing.
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        library("TelephonyAudio", "Shared/TelephonyAudio", []),
        library("JSONText", "Shared/JSONText", []),
        library("Conversation", "Conversation", []),

        // Layer 1 to 3: what two or more processes share.
        library("RequestSigning", "Shared/RequestSigning", ["COpenSSL", "JSONText"]),
        library("WorkerProtocol", "Shared/WorkerProtocol", ["JSONText", nioCore]),
        library(
            "WebSocketTransport",
            "Shared/WebSocketTransport",
            ["COpenSSL", "JSONText", nioCore, nioPosix, nioSSL]
        ),
        library("HTTPServing", "Shared/HTTPServing", ["WebSocketTransport", nioCore, nioPosix, nioHTTP1]),
        library("Observability", "Shared/Observability", ["CSystemd", logging]),
        library(
            "ServiceRuntime",
            "Shared/ServiceRuntime",
            ["CSystemd", "HTTPServing", "Observability", nioCore, nioPosix, logging, unixSignals]
        ),
        library(
            "WorkerRuntime",
            "Shared/WorkerRuntime",
            [
                "HTTPServing", "JSONText", "Observability", "ServiceRuntime", "WorkerProtocol", nioCore, nioPosix,
                logging,
            ]
        ),
        library("WorkerCommandLine", "Shared/WorkerCommandLine", ["WorkerRuntime", argumentParser]),
        library("AgentConfiguration", "Shared/AgentConfiguration", ["JSONText", yams]),
        library(
            "DeepgramConnection",
            "Shared/DeepgramConnection",
            ["JSONText", "Observability", "WebSocketTransport", "WorkerProtocol", nioCore, logging]
        ),

        // Layer 4: one library a process; workers never import the gateway or one another.
        library(
            "GatewayCore",
            "Gateway/Core",
            [
                "AgentConfiguration", "Conversation", "HTTPServing", "JSONText", "Observability", "RequestSigning",
                "ServiceRuntime",
                "TelephonyAudio", "WebSocketTransport", "WorkerProtocol",
                nioCore, nioPosix, nioHTTP1, logging, serviceLifecycle, deque,
            ]
        ),
        library(
            "STTWorkerCore",
            "STTWorker/Core",
            [
                "DeepgramConnection", "JSONText", "Observability", "ServiceRuntime", "TelephonyAudio",
                "WebSocketTransport", "WorkerProtocol", "WorkerRuntime", nioCore, nioPosix, nioHTTP1, logging, deque,
            ]
        ),
        library(
            "LLMWorkerCore",
            "LLMWorker/Core",
            [
                "JSONText", "Observability", "ServiceRuntime", "WorkerProtocol", "WorkerRuntime",
                nioCore, nioPosix, nioHTTP1, logging, asyncHTTPClient,
            ]
        ),
        library(
            "TTSWorkerCore",
            "TTSWorker/Core",
            [
                "DeepgramConnection", "JSONText", "Observability", "ServiceRuntime", "TelephonyAudio",
                "WebSocketTransport", "WorkerProtocol", "WorkerRuntime", nioCore, nioPosix, nioHTTP1, logging, deque,
            ]
        ),

        // Layer 5: the providers and the caller, for trying and testing without a phone or keys.
        library(
            "Simulators",
            "Simulators",
            [
                "HTTPServing", "JSONText", "RequestSigning", "TelephonyAudio", "WebSocketTransport",
                nioCore, nioPosix, nioHTTP1, nioSSL, logging, asyncHTTPClient, subprocess,
            ]
        ),

        // The gateway and its workers as child processes, for `dialtone run`, the demo, benchmarks and tests.
        library("LocalStack", "LocalStack", [subprocess, systemPackage]),
        library(
            "Rehearsal",
            "Rehearsal",
            ["LocalStack", "Simulators", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, systemPackage]
        ),

        // Layer 6: executables.
        executable("dialtone-gateway", "Gateway/Main", ["GatewayCore", "ServiceRuntime", argumentParser, logging]),
        executable("dialtone-stt", "STTWorker/Main", ["STTWorkerCore", "WorkerCommandLine", argumentParser]),
        executable("dialtone-llm", "LLMWorker/Main", ["LLMWorkerCore", "WorkerCommandLine", argumentParser]),
        executable("dialtone-tts", "TTSWorker/Main", ["TTSWorkerCore", "WorkerCommandLine", argumentParser]),
        executable(
            "dialtone",
            "dialtone",
            [
                "AgentConfiguration", "JSONText", "LocalStack", "Rehearsal", "RequestSigning", "Simulators",
                "TelephonyAudio", argumentParser, asyncHTTPClient, logging, nioCore, nioPosix, subprocess,
                systemPackage, unixSignals,
            ]
        ),

        // Tests mirror the sources; both speech workers are tried against one scripted provider.
        .target(
            name: "ScriptedProvider",
            dependencies: [
                "HTTPServing", "JSONText", "WebSocketTransport", "WorkerProtocol", "WorkerRuntime", nioCore, nioPosix,
                nioHTTP1, logging,
            ],
            path: "Tests/ScriptedProvider",
            swiftSettings: strict
        ),
        // Random tests draw from one generator that repeats itself.
        .target(name: "SeededTesting", path: "Tests/SeededTesting", swiftSettings: strict),
        tests("TelephonyAudio", ["TelephonyAudio", "SeededTesting"]),
        tests("JSONText", ["JSONText", "SeededTesting"]),
        tests("Conversation", ["Conversation", "SeededTesting"]),
        tests("RequestSigning", ["RequestSigning"]),
        tests("WorkerProtocol", ["WorkerProtocol", "JSONText", "SeededTesting", nioCore]),
        tests("WebSocketTransport", ["WebSocketTransport", "SeededTesting", nioCore, nioEmbedded, nioPosix, nioSSL]),
        tests("HTTPServing", ["HTTPServing", "WebSocketTransport", nioCore, nioEmbedded, nioPosix, nioHTTP1]),
        tests("Observability", ["Observability", logging]),
        tests(
            "ServiceRuntime",
            ["ServiceRuntime", "HTTPServing", "Observability", nioCore, nioEmbedded, nioPosix, logging]
        ),
        tests(
            "WorkerRuntime",
            [
                "WorkerRuntime", "HTTPServing", "JSONText", "Observability", "ServiceRuntime", "WorkerProtocol",
                nioCore,
                nioPosix, nioEmbedded, logging,
            ]
        ),
        tests("AgentConfiguration", ["AgentConfiguration", "JSONText"]),
        tests(
            "DeepgramConnection",
            ["DeepgramConnection", "Observability", "WebSocketTransport", "WorkerProtocol", nioCore, nioEmbedded]
        ),
        tests(
            "GatewayCore",
            [
                "GatewayCore", "AgentConfiguration", "Conversation", "HTTPServing", "JSONText", "Observability",
                "RequestSigning", "SeededTesting", "ServiceRuntime", "TelephonyAudio",
                "WebSocketTransport", "WorkerProtocol", nioCore, nioEmbedded, nioPosix, nioHTTP1, logging,
            ]
        ),
        tests(
            "STTWorkerCore",
            [
                "STTWorkerCore", "DeepgramConnection", "JSONText", "Observability", "ScriptedProvider",
                "WebSocketTransport", "WorkerProtocol", "WorkerRuntime",
                nioCore, nioEmbedded, nioPosix, nioHTTP1, logging,
            ]
        ),
        tests(
            "LLMWorkerCore",
            [
                "LLMWorkerCore", "HTTPServing", "JSONText", "Observability", "SeededTesting", "WorkerProtocol",
                "WorkerRuntime", nioCore, nioEmbedded, nioPosix, nioHTTP1, logging,
            ]
        ),
        tests(
            "TTSWorkerCore",
            [
                "TTSWorkerCore", "DeepgramConnection", "JSONText", "Observability", "ScriptedProvider",
                "TelephonyAudio",
                "WebSocketTransport", "WorkerProtocol", "WorkerRuntime",
                nioCore, nioEmbedded, nioPosix, nioHTTP1, logging,
            ]
        ),
        tests("LocalStack", ["LocalStack"]),
        tests(
            "Simulators",
            [
                "Simulators", "HTTPServing", "JSONText", "RequestSigning", "TelephonyAudio", "WebSocketTransport",
                nioCore, nioPosix, nioHTTP1, asyncHTTPClient, logging,
            ]
        ),
        tests(
            "EndToEnd",
            [
                "Simulators", "HTTPServing", "JSONText", "LocalStack", "Rehearsal", "RequestSigning",
                "TelephonyAudio", "WebSocketTransport", nioCore, nioPosix, logging, subprocess, asyncHTTPClient,
            ]
        ),
        tests("Tidy", [subprocess]),
    ],
    swiftLanguageModes: [.v6]
)
