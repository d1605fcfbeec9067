using System.Net.Sockets;
using LocalAzurite;
using LocalServiceBus.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Payments.Api;
using Payments.DependencyInjection;
using Payments.LocalHost.Answers;
using Payments.LocalHost.Emulators;
using Payments.LocalHost.Messaging;
using Payments.LocalHost.Page;

namespace Payments.LocalHost.Startup;

/// <summary>Starts everything in order, serves until it is told to stop, and stops everything.</summary>
internal static class LocalHostApp
{
    /// <returns>The process's exit code: 0 after a stop on request, 1 where it could not start.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            if (args.Contains(EmulatorsApp.Argument))
            {
                return await EmulatorsApp.RunAsync(new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. args.Where(argument => argument != EmulatorsApp.Argument)]).Build());
            }

            var builder = CreateBuilder(args);
            await using var storage = await LocalStorage.StartAsync(builder.Configuration, CancellationToken.None);
            await using var broker = await LocalBroker.StartAsync(builder.Configuration, CancellationToken.None);
            await using var app = Build(builder, storage, broker);
            await LocalStorage.CreateTablesAsync(app.Services, CancellationToken.None);
            await app.StartAsync();
            await FirstPayment.PrintAsync(Console.Out, app.Urls.First(), storage, broker);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception exception) when (Sentence(exception) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return 1;
        }
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(LoopbackUrls.Read(builder.Configuration));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        LocalLogging.Configure(builder.Logging);

        // A page of another site must not reach this host under a name of its own.
        builder.Services.AddHostFiltering(options =>
        {
            options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"];
            options.IncludeFailureMessage = false;
        });
        return builder;
    }

    private static WebApplication Build(WebApplicationBuilder builder, LocalStorage storage, LocalBroker broker)
    {
        storage.AddTo(builder.Services.AddPayments(builder.Configuration).AddMessaging(broker).AddPaymentsPurge(builder.Configuration), builder.Configuration);

        var app = builder.Build();
        app.UseProblems();
        app.UseHostFiltering();
        app.MapPayments();
        app.MapPage();
        return app;
    }

    private static string? Sentence(Exception exception) => exception switch
    {
        StartupException or AzuriteException or LocalServiceBusException or OptionsValidationException => exception.Message,
        IOException { InnerException: AddressInUseException } => $"{exception.Message.TrimEnd('.')}: stop the program that listens there, or choose another address with --urls.",
        IOException { InnerException: SocketException } or SocketException => exception.Message,

        // What the configuration binder throws for a value of the wrong form.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => exception.Message,
        _ => null,
    };
}
