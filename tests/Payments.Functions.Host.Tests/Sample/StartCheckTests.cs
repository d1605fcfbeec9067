using System.Reflection;
using FunctionsHost;

namespace Payments.Functions.Host.Tests.Sample;

/// <summary>The check of attributes against host.json, in the worker itself.</summary>
public sealed class StartCheckTests
{
    // The host lays such settings over host.json, and so does the check. CountStock is in a library that the app refers to; with these 4:15 nothing but it is wrong.
    [Theory]
    [InlineData("AzureFunctionsJobHost__functionTimeout", "00:00:30", "functionTimeout")]
    [InlineData("AzureFunctionsJobHost__functionTimeout", "00:04:15", "[Idempotent] on CountStock: MaxExecution (00:04:30) must be shorter than functionTimeout")]
    [InlineData("AzureFunctionsJobHost__functionTimeout", "soon", "AzureFunctionsJobHost__")]
    public async Task An_app_whose_functions_can_not_do_what_their_attributes_say_ends_at_its_start(string name, string value, string sentence)
    {
        var options = new FunctionHostOptions
        {
            Worker = typeof(SampleApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == "Sample").Value!,
            Settings = new Dictionary<string, string>
            {
                ["OrdersStorage"] = "UseDevelopmentStorage=true",
                ["ServiceBusConnection"] = "Endpoint=sb://localhost;SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true;",
                [name] = value,
            },
        };
        string output;
        try
        {
            // It may have told its functions already when the check ends it.
            await using var host = await FunctionHost.StartAsync(options);
            await host.WorkerExitAsync().WaitAsync(RunningApp.Limit);
            output = host.Output;
        }
        catch (InvocationFailedException ended)
        {
            output = ended.Message;
        }

        Assert.Contains(sentence, output, StringComparison.Ordinal);
    }
}
