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

    [Fact]
    public void Actions_are_pinned_to_a_major_version_of_their_makers()
    {
        var actions = Steps.Where(step => step.Has("uses")).Select(step => step.Text("uses")).ToList();

        Assert.NotEmpty(actions);
        Assert.All(actions, action => Assert.Matches(@"^actions/[a-z-]+@v\d+$", action));
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
