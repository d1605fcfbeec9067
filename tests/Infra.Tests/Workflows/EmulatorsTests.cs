using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Workflows;

public sealed class EmulatorsTests
{
    private readonly YamlMappingNode _services = Yaml.Read("infra", "emulators", "compose.yaml").Map("services");

    [Fact]
    public void The_official_emulator_reads_the_file_that_the_template_reads()
    {
        var mount = Assert.Single(_services.Map("servicebus").Texts("volumes")).Split(':');

        Assert.Equal(
            Repository.PathOf("infra", "servicebus.json"),
            Path.GetFullPath(mount[0], Repository.PathOf("infra", "emulators")));
        Assert.Equal("/ServiceBus_Emulator/ConfigFiles/Config.json", mount[1]);
    }

    [Fact]
    public void Published_ports_are_on_the_loopback_address_only()
    {
        var ports = _services.Members().Where(service => service.Value.Has("ports")).SelectMany(service => service.Value.Texts("ports")).ToList();

        Assert.Contains("127.0.0.1:5672:5672", ports);
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Nobody_accepts_a_licence_or_sets_a_password_for_somebody_else()
    {
        Assert.All(["servicebus", "sql"], service =>
        {
            Assert.StartsWith("${ACCEPT_EULA:?", _services.Map(service).Map("environment").Text("ACCEPT_EULA"), StringComparison.Ordinal);
            Assert.StartsWith("${MSSQL_SA_PASSWORD:?", _services.Map(service).Map("environment").Text("MSSQL_SA_PASSWORD"), StringComparison.Ordinal);
        });
    }

    // The SDK may name a newer version of the API than Azurite knows, and would then be refused.
    [Fact]
    public void Azurite_takes_the_versions_that_it_does_not_know_as_the_local_one_does() =>
        Assert.Contains("--skipApiVersionCheck", _services.Map("azurite").Text("command").Split(' '));

    [Fact]
    public void Every_image_has_a_version()
    {
        Assert.All(_services.Members(), service => Assert.Matches(@":[\d.]+(-latest)?$", service.Value.Text("image")));
    }
}
