using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Workflows;

public sealed partial class CiWorkflowTests
{
    private static readonly string[] WorkflowFile = [".github", "workflows", "ci.yml"];

    private readonly YamlMappingNode _workflow = Yaml.Read(WorkflowFile);

    private IEnumerable<YamlNode> Steps =>
        _workflow.Map("jobs").Members().SelectMany(job => (YamlSequenceNode)job.Value["steps"]);

    [Fact]
    public void It_may_read_the_repository_and_nothing_else()
    {
        var permission = Assert.Single(_workflow.Map("permissions").Children);

        Assert.Equal(("contents", "read"), (permission.Key.ToString(), permission.Value.ToString()));
        Assert.All(_workflow.Map("jobs").Members(), job => Assert.False(job.Value.Has("permissions"), job.Key));
        Assert.DoesNotContain("secrets.", Repository.Read(WorkflowFile), StringComparison.Ordinal);
    }

    // A tag can be moved to other code, a commit can not.
    [Fact]
    public void Actions_are_pinned_to_a_commit_and_name_its_version()
    {
        var actions = Repository.Read(WorkflowFile).Split('\n').Where(line => line.Contains("uses:", StringComparison.Ordinal)).ToList();

        Assert.Equal(Steps.Count(step => step.Has("uses")), actions.Count);
        Assert.All(actions, action => Assert.Matches(@"^ +- uses: actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", action));
        Assert.All(actions.GroupBy(action => action.Split('@')[0]), uses => Assert.Single(uses.Distinct()));
    }

    [Fact]
    public void Tools_are_pinned_to_a_version()
    {
        Assert.All(Steps.Where(step => step.Has("with") && step["with"].Has("node-version")), step => Assert.Matches(@"^\d+\.\d+\.\d+$", step["with"].Text("node-version")));
        Assert.All(
            Steps.Where(step => step.Has("run") && step.Text("run").Contains("npm install", StringComparison.Ordinal)),
            step => Assert.Matches(@"npm install --global [a-z-]+@\d+\.\d+\.\d+", step.Text("run")));
    }

    [Fact]
    public void What_a_pull_request_brings_in_is_reviewed() =>
        Assert.Contains(Steps, step => step.Has("uses") && step.Text("uses").StartsWith("actions/dependency-review-action@", StringComparison.Ordinal));

    [Fact]
    public void A_known_vulnerability_of_a_package_fails_it()
    {
        var restore = Assert.Single(Steps, step => step.Has("run") && step.Text("run").StartsWith("dotnet restore", StringComparison.Ordinal)).Text("run");

        // Warnings are errors, but for a feed that says nothing of vulnerabilities (https://learn.microsoft.com/nuget/reference/errors-and-warnings/nu1905).
        Assert.Contains("-p:NuGetAudit=true -p:NuGetAuditMode=all", restore, StringComparison.Ordinal);
        Assert.EndsWith("-p:WarningsNotAsErrors=NU1900%3BNU1905", restore, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_push_ends_the_older_run_of_a_pull_request_and_every_job_ends_by_itself()
    {
        Assert.Contains("github.ref", _workflow.Map("concurrency").Text("group"), StringComparison.Ordinal);
        Assert.Contains("pull_request", _workflow.Map("concurrency").Text("cancel-in-progress"), StringComparison.Ordinal);
        Assert.All(_workflow.Map("jobs").Members(), job => Assert.True(job.Value.Has("timeout-minutes"), job.Key));
    }

    [Theory]
    [InlineData("dotnet build")]
    [InlineData("dotnet format")]
    [InlineData("dotnet test")]
    [InlineData("dotnet run --configuration Release --no-build --project eng/Chaos")]
    [InlineData("dotnet pack")]
    [InlineData("dotnet publish src/Payments.Functions")]
    [InlineData("docker compose --file infra/emulators/compose.yaml up")]
    [InlineData("func start")]
    [InlineData("infra/emulators/smoke.sh")]
    public void It_runs(string command)
    {
        Assert.Contains(Steps, step => step.Has("run") && step.Text("run").Contains(command, StringComparison.Ordinal));
    }

    [Fact]
    public void The_files_that_it_names_exist()
    {
        var files = FilePattern().Matches(Repository.Read(WorkflowFile)).Select(match => match.Value).Distinct().ToList();

        Assert.Contains("infra/emulators/smoke.sh", files);
        Assert.All(files, file => Assert.True(Path.Exists(Repository.PathOf(file)), file));
    }

    [GeneratedRegex(@"\binfra/[\w./-]+\w|\blocal\.settings\.sample\.json|\bglobal\.json")]
    private static partial Regex FilePattern();
}
