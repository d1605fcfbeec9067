using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using TestDoubles;

namespace Payments.LocalHost.Tests;

/// <summary>The README is the first thing that a newcomer tries: every command of it is run here, but for the two that run the host and the tests themselves.</summary>
public sealed partial class ReadmeTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    // What runs this very host and this very test; that their project is there is checked below.
    private static readonly string[] TheTwoCommands = ["dotnet run --project src/Payments.LocalHost", "dotnet test"];

    [Fact]
    public async Task Every_command_of_the_readme_does_what_it_says()
    {
        await using var host = await HostProcess.ServeAsync(azurite.ConnectionString);
        using var client = await host.ClientAsync();
        var commands = Commands().Except(TheTwoCommands).ToList();

        Assert.Contains(commands, command => command.Contains("/api/payments ", StringComparison.Ordinal));
        foreach (var command in commands)
        {
            Assert.StartsWith("curl ", command, StringComparison.Ordinal);
            using var first = await SendAsync(client, command);
            Assert.True(first.IsSuccessStatusCode, $"{command} was answered with {first.StatusCode}: {await first.Content.ReadAsStringAsync()}");
            if (first.RequestMessage!.Method == HttpMethod.Get)
            {
                continue;
            }

            using var second = await SendAsync(client, command);
            Assert.True(second.Headers.Contains("Idempotency-Replayed"), $"{command} was run again and not replayed.");
            Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public void The_two_commands_stand_on_the_first_screen_and_have_what_they_name()
    {
        var firstScreen = string.Join('\n', File.ReadLines(ReadmePath).Take(40));

        Assert.All(TheTwoCommands, command => Assert.Contains($"\n{command}\n", firstScreen, StringComparison.Ordinal));
        Assert.True(File.Exists(RepositoryFolder.PathOf("src/Payments.LocalHost/Payments.LocalHost.csproj")));
        Assert.Single(Directory.GetFiles(RepositoryFolder.Path, "*.sln"));
    }

    [Fact]
    public async Task The_first_payment_is_answered_as_the_readme_shows()
    {
        var shown = File.ReadAllText(ReadmePath);
        var answer = AnswerPattern().Match(shown).Groups[1].Value;
        await using var host = await HostProcess.ServeAsync(azurite.ConnectionString);
        using var client = await host.ClientAsync();

        // A key of its own: the storage is shared with the other tests.
        using var first = await SendAsync(client, Commands().First(command => command.StartsWith("curl -i", StringComparison.Ordinal)).Replace("my-first-payment", Guid.NewGuid().ToString(), StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.StartsWith("HTTP/1.1 201 Created", answer, StringComparison.Ordinal);
        foreach (var header in answer.Split('\n').Skip(1).TakeWhile(line => line.Length > 0).Select(line => line.Split(':')[0]))
        {
            Assert.True(first.Headers.NonValidated.Contains(header) || first.Content.Headers.NonValidated.Contains(header), $"The README shows the header {header}.");
        }

        // Up to the gateway's reference and the date, which differ from run to run.
        var members = MemberPattern().Matches(answer).Select(match => match.Value);
        var body = await first.Content.ReadAsStringAsync();
        Assert.NotEmpty(members);
        Assert.All(members, member => Assert.Contains(member, body, StringComparison.Ordinal));
    }

    private static string ReadmePath => RepositoryFolder.PathOf("README.md");

    private static IEnumerable<string> Commands() =>
        BashPattern().Matches(File.ReadAllText(ReadmePath))
            .SelectMany(block => ContinuationPattern().Replace(block.Groups[1].Value, " ").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    // The few options of curl that the README uses; another one fails the test.
    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string curl)
    {
        using var request = new HttpRequestMessage();
        using var words = WordPattern().Matches(curl).Select(word => word.Groups["quoted"].Success ? word.Groups["quoted"].Value : word.Value).Skip(1).GetEnumerator();
        var headers = new List<(string Name, string Value)>();
        while (words.MoveNext())
        {
            switch (words.Current)
            {
                case "-i":
                    break;
                case "-X" when words.MoveNext():
                    request.Method = new HttpMethod(words.Current);
                    break;
                case "-H" when words.MoveNext():
                    headers.Add((words.Current.Split(": ", 2)[0], words.Current.Split(": ", 2)[1]));
                    break;
                case "-d" when words.MoveNext():
                    request.Method = request.Method == HttpMethod.Get ? HttpMethod.Post : request.Method;
                    request.Content = new StringContent(words.Current);
                    break;
                case var url when url.StartsWith("http://127.0.0.1:7071/", StringComparison.Ordinal):
                    request.RequestUri = new Uri(new Uri(url).PathAndQuery, UriKind.Relative);
                    break;
                default:
                    Assert.Fail($"'{words.Current}' in '{curl}' is not understood here.");
                    break;
            }
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(value);
            }
            else
            {
                request.Headers.Add(name, value);
            }
        }

        return await client.SendAsync(request);
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex BashPattern();

    [GeneratedRegex("```\n(HTTP/1.1 .*?)```", RegexOptions.Singleline)]
    private static partial Regex AnswerPattern();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex ContinuationPattern();

    [GeneratedRegex(@"'(?<quoted>[^']*)'|[^\s']+")]
    private static partial Regex WordPattern();

    [GeneratedRegex("\"(?:accountId|amount|currency|status)\":(?:\"[^\"]*\"|[0-9]+)")]
    private static partial Regex MemberPattern();
}
