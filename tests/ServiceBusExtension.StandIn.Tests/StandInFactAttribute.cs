namespace ServiceBusExtension.StandIn.Tests;

/// <summary>A fact of the stand-in: it runs where the feed lacks the official package.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StandInFactAttribute : FactAttribute
{
    public StandInFactAttribute() => Skip = Extension.IsStandIn ? null : "This feed has the official package.";
}
