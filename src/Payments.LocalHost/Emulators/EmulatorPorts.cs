namespace Payments.LocalHost.Emulators;

/// <summary>Where the emulators listen, and which queues they serve. The default ports are the well-known ones, which <c>UseDevelopmentStorage=true</c> and Service Bus clients take unless told otherwise.</summary>
internal sealed class EmulatorPorts
{
    public const string Section = "Emulators";

    public int Blob { get; set; } = 10000;

    public int Queue { get; set; } = 10001;

    public int Table { get; set; } = 10002;

    public int ServiceBus { get; set; } = 5672;

    /// <summary>A file with the queues, in the format of the official emulator's <c>Config.json</c>; default those of the payments app.</summary>
    public string? ServiceBusConfig { get; set; }

    public bool AreWellKnown => new EmulatorPorts() is var known && (Blob, Queue, Table, ServiceBus) == (known.Blob, known.Queue, known.Table, known.ServiceBus);
}
