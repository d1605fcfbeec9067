using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Kit;

/// <summary>A process that writes letters onto pages that outlive it.</summary>
internal sealed class Scribe(ProofProcess process)
{
    public ProofProcess Process { get; } = process;

    public async Task<ProofAnswer> WriteAsync(string letters, string page = "page")
    {
        foreach (var letter in letters)
        {
            await Process.PassAsync(new ProofPoint<bool>($"writes {letter}", () =>
            {
                PagesOf(Process.Shared<Dictionary<string, string>>, page, letter);
                return Task.FromResult(true);
            })
            {
                Touches = [page],
            });
        }

        return new ProofAnswer.Final("written");
    }

    /// <summary>Two points of one actor are under way at a time, and what comes next depends on which reply comes first.</summary>
    public async Task<ProofAnswer> WriteWithBothHandsAsync()
    {
        await Task.WhenAll(HandAsync("l", "left"), HandAsync("r", "right"));
        return new ProofAnswer.Final("written");

        async Task HandAsync(string letter, string page)
        {
            await WriteAsync(letter, page);
            await WriteAsync(letter.ToUpperInvariant());
        }
    }

    public static string Read(ProofEnd end, string page = "page") => end.Shared<Dictionary<string, string>>(() => []).GetValueOrDefault(page, "");

    private static void PagesOf(Func<Func<Dictionary<string, string>>, Dictionary<string, string>> shared, string page, char letter)
    {
        var pages = shared(() => []);
        pages[page] = pages.GetValueOrDefault(page, "") + letter;
    }
}
