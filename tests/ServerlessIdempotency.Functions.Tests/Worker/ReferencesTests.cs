using System.Reflection;

namespace ServerlessIdempotency.Functions.Tests.Worker;

/// <summary>An app of HTTP functions alone takes in no Service Bus with the library.</summary>
public sealed class ReferencesTests
{
    [Fact]
    public void Nothing_that_the_library_needs_is_of_Service_Bus()
    {
        var names = new HashSet<string>();
        Collect(typeof(IdempotentAttribute).Assembly, names);

        Assert.Contains("ServerlessIdempotency.AspNetCore", names);
        Assert.DoesNotContain(names, name => name.Contains("ServiceBus", StringComparison.Ordinal) || name.Contains("Amqp", StringComparison.Ordinal));
    }

    private static void Collect(Assembly assembly, HashSet<string> names)
    {
        foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => names.Add(reference.Name!) && !reference.Name!.StartsWith("System", StringComparison.Ordinal)))
        {
            Collect(Assembly.Load(reference), names);
        }
    }
}
