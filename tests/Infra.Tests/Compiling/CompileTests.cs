using System.Text.Json.Nodes;

namespace Infra.Tests.Compiling;

public sealed class CompileTests
{
    [Fact]
    public async Task Every_file_compiles_and_lints_without_a_warning()
    {
        // Each by itself too: what main.bicep does not refer to would otherwise never be looked at.
        var lint = await BicepCompiler.RunAsync(Repository.PathOf("infra"), "lint", "--pattern", "**/*.bicep");

        Assert.Equal("", lint.Error);
        Assert.Equal(0, lint.ExitCode);
    }

    [Fact]
    public async Task Every_file_is_formatted_as_the_compiler_formats()
    {
        using var infra = new InfraCopy();

        foreach (var pattern in (string[])["**/*.bicep", "*.bicepparam"])
        {
            var format = await BicepCompiler.RunAsync(infra.Folder, "format", "--pattern", pattern);
            Assert.Equal(0, format.ExitCode);
        }

        Assert.All(
            Directory.EnumerateFiles(infra.Folder, "*.bicep*", SearchOption.AllDirectories),
            file => Assert.Equal(
                File.ReadAllText(file).ReplaceLineEndings("\n").Trim(),
                Repository.Read("infra", Path.GetRelativePath(infra.Folder, file)).Trim()));
    }

    [Theory]
    [InlineData("main.dev.bicepparam", "dev")]
    [InlineData("main.prod.bicepparam", "prod")]
    public async Task The_parameters_of_each_stage_compile_against_main(string file, string stage)
    {
        var build = await BicepCompiler.RunAsync(Repository.PathOf("infra"), "build-params", file, "--stdout");

        Assert.Equal("", build.Error);
        Assert.Equal(0, build.ExitCode);
        var parameters = JsonNode.Parse((string)JsonNode.Parse(build.Output)!["parametersJson"]!)!["parameters"]!;
        Assert.Equal(stage, (string)parameters["stage"]!["value"]!);
    }

    [Fact]
    public async Task Azd_gives_values_for_parameters_that_exist_and_for_all_that_have_no_default()
    {
        var template = await CompiledTemplate.LoadAsync();
        var parameters = template.Root["parameters"]!.AsObject();
        var given = Repository.ReadJson("infra", "main.parameters.json")["parameters"]!.AsObject();

        Assert.All(given, parameter => Assert.True(parameters.ContainsKey(parameter.Key), parameter.Key));
        Assert.All(
            parameters.Where(parameter => parameter.Value!["defaultValue"] is null && parameter.Value["nullable"] is null),
            parameter => Assert.True(given.ContainsKey(parameter.Key), parameter.Key));
    }

    [Fact]
    public async Task A_linter_finding_fails_the_compilation()
    {
        // Guards bicepconfig.json: a rule that only warned would let this through with exit code 0.
        using var infra = new InfraCopy();
        await File.AppendAllTextAsync(Path.Combine(infra.Folder, "main.bicep"), "\nparam nobodyReadsThis string = ''\n");

        var lint = await BicepCompiler.RunAsync(infra.Folder, "lint", "main.bicep");

        Assert.NotEqual(0, lint.ExitCode);
        Assert.Contains("no-unused-params", lint.Error, StringComparison.Ordinal);
    }
}
