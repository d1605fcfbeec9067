namespace Mutation.Guards;

/// <summary>Function apps: whose key it is, what is checked at the start, and how a message is settled.</summary>
internal static class FunctionGuards
{
    private const string Library = "src/ServerlessIdempotency.Functions/";
    private const string Principal = Library + "Principals/FunctionAppPrincipal.cs";
    private const string KeyPlace = Library + "Principals/FunctionKeyPlace.cs";
    private const string Use = Library + "Worker/IdempotencyFunctionsBuilderExtensions.cs";
    private const string Catalog = Library + "Worker/FunctionCatalog.cs";
    private const string Check = Library + "Settings/SettingsCheck.cs";
    private const string Host = Library + "Settings/HostSettings.cs";
    private const string Trigger = "src/ServerlessIdempotency.Functions.ServiceBus/ServiceBusFunctionTrigger.cs";
    private const string Messages = "src/ServerlessIdempotency.Functions.ServiceBus/Messages/MessageExecution.cs";

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(10, "functions: a user's header is believed where the platform strips it", Principal, "if (isAuthenticationEnabled && request", "if (request"),
        new(7, "functions: what is no key names no caller", Principal, ": FunctionKeyPlace.InQueryOf(context) is { } parameter ? request.Query[parameter].FirstOrDefault() : null;", ": request.Query[KeyParameter].FirstOrDefault();"),
        new(10, "functions: of two keys the one that the host checks counts", Principal, "request.Headers.TryGetValue(KeyHeader, out var header) ? header.FirstOrDefault() : FunctionKeyPlace.InQueryOf(context) is { } parameter ? request.Query[parameter].FirstOrDefault() : null;", "request.Query[KeyParameter].FirstOrDefault() ?? request.Headers[KeyHeader].FirstOrDefault();"),
        new(10, "functions: a principal of the app's own is kept", Use, "if (options.Principal == new HttpIdempotencyOptions().Principal)", "if (true)"),
        new(7, "functions: a rotated key asks for nothing else", Use, "options.CredentialInQuery = FunctionKeyPlace.InQueryOf;", ""),
        new(7, "functions: a code beside the header's key is meaning", KeyPlace, "context.Request.Headers.ContainsKey(FunctionAppPrincipal.KeyHeader) ||", ""),
        new(7, "functions: a code for a function that asks for no key is meaning", KeyPlace, "|| context.Items.ContainsKey(IsOpen) ?", "?"),
        new(1, "functions: the middleware stands in the pipeline once", Use, "if (services.Any(service => service.ServiceType == typeof(FunctionCatalog)))", "if (false)"),
        new(2, "functions: one that was not found at the start does not run as if it had no attribute", Catalog, "_missed.GetOrAdd(definition.Name, _ => IsMarked(definition)) ?", "false ?"),
        new(2, "functions: none is served with a wrong attribute", Catalog, "if (faults.Count > 0)", "if (false)"),
        new(8, "functions: a retention is longer than a function may take", Check, "if (retention <= host.FunctionTimeout || retention <= lease)", "if (retention <= lease)"),
        new(2, "functions: settings of the app are laid over host.json", Host, "section[\"functionTimeout\"] is { Length: > 0 } timeout ? ParseTimeout(timeout) : file.FunctionTimeout,", "file.FunctionTimeout,"),
        new(2, "functions: the size of a batch is that of host.json", Host, ": file.MaxMessageBatchSize,", ": Default.MaxMessageBatchSize,"),
        new(9, "functions: a message that is done is completed", Trigger, "case Settlement.Complete: await actions.CompleteMessageAsync(message, CancellationToken.None);", "case Settlement.Complete:"),
        new(9, "functions: a message that can't be processed is dead-lettered", Trigger, "await actions.DeadLetterMessageAsync(message, propertiesToModify: null, letter.Reason, letter.Description, CancellationToken.None);", "await actions.CompleteMessageAsync(message, CancellationToken.None);"),
        new(9, "functions: a message that failed comes again", Trigger, "default: await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None);", "default: await actions.CompleteMessageAsync(message, CancellationToken.None);"),
        new(9, "functions: a message in hand is given back when the host stops", Trigger, "await actions.AbandonMessageAsync(message, cancellationToken: CancellationToken.None); throw;", "throw;"),
        new(9, "functions: the host completes nothing by itself", Trigger, "if (autoCompletes ?? host.AutoCompleteMessages)", "if (false)"),
        new(11, "functions: a failure counts as one for the host", Trigger, "ExceptionDispatchInfo.Throw(failure);", ""),
        new(10, "functions: a message's principal is part of its identity", Messages, "delivery = delivery with { Tenant = principal };", ""),
        new(7, "functions: a chosen key of another message's content is refused", Messages, "Key = ChosenKey.ToKey(chosen), Fingerprint = FingerprintOf(name, message) };", "Key = ChosenKey.ToKey(chosen) };"),
    ];
}
