namespace Payments.LocalHost.Emulators;

/// <summary>Where the emulators listen. The defaults are the well-known ones, which <c>UseDevelopmentStorage=true</c> and Service Bus clients take unless told otherwise.</summary>
internal sealed class EmulatorPorts
{
    public const string Section = "Emulators";

    public int Blob { get; set; } = 10000;

    public int Queue { get; set; } = 10001;

    public int Table { get; set; } = 10002;

    public int ServiceBus { get; set; } = 5672;

    public bool AreWellKnown => new EmulatorPorts() is var known && (Blob, Queue, Table, ServiceBus) == (known.Blob, known.Queue, known.Table, known.ServiceBus);
}
