namespace ServiceBusExtension.StandIn.Tests;

/// <summary>A fact of the official package: it runs where the feed has it, as in the GitHub workflow.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OfficialFactAttribute : FactAttribute
{
    public OfficialFactAttribute() => Skip = Extension.IsStandIn ? "This feed lacks the official package." : null;
}
