using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using ServerlessIdempotency.Benchmarks;

// --smoke runs each benchmark once, to show that it still works; without it BenchmarkDotNet measures.
if (args is ["--smoke"])
{
    var summary = BenchmarkRunner.Run<EngineBenchmarks>(ManualConfig.CreateMinimumViable().AddJob(Job.Dry.WithToolchain(InProcessNoEmitToolchain.Instance)));
    return summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success) ? 1 : 0;
}

BenchmarkRunner.Run<EngineBenchmarks>(args: args);
return 0;
