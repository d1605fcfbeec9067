using System.Reflection;
using System.Text.Json;

namespace ServerlessIdempotency.Functions.Tests.Worker;

/// <summary>An app of HTTP functions alone takes in no Service Bus with the library.</summary>
public sealed class ReferencesTests
{
    private static string Assets => typeof(ReferencesTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == nameof(Assets)).Value!;

    [Fact]
    public void Nothing_that_the_library_needs_is_of_Service_Bus()
    {
        var names = new HashSet<string>();
        Collect(typeof(IdempotentAttribute).Assembly, names);

        Assert.Contains("ServerlessIdempotency.AspNetCore", names);
        Assert.DoesNotContain(names, name => name.Contains("ServiceBus", StringComparison.Ordinal) || name.Contains("Amqp", StringComparison.Ordinal));
    }

    // Also what is referred to and used by no code: an app that installs the package restores it.
    [Fact]
    public void Nothing_that_the_package_restores_is_of_Service_Bus()
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Assets));
        var names = assets.RootElement.GetProperty("libraries").EnumerateObject().Select(library => library.Name).ToList();

        Assert.Contains(names, name => name.StartsWith("ServerlessIdempotency.AspNetCore/", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.Contains("ServiceBus", StringComparison.OrdinalIgnoreCase) || name.Contains("Amqp", StringComparison.OrdinalIgnoreCase));
    }

    private static void Collect(Assembly assembly, HashSet<string> names)
    {
        foreach (var reference in assembly.GetReferencedAssemblies().Where(reference => names.Add(reference.Name!) && !reference.Name!.StartsWith("System", StringComparison.Ordinal)))
        {
            Collect(Assembly.Load(reference), names);
        }
    }
}
