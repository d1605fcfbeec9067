using System.Net.Http.Headers;
using System.Text;
using Chaos.Randomness;

namespace Chaos.Clients;

/// <summary>Sends a request until it is answered for good: the same key every time, sometimes several at once, and sometimes before the earlier one is answered.</summary>
internal sealed class RetryingClient(HttpClient http, Story story, Random random)
{
    private const string InProgress = "idempotency-key-in-progress";

    // With the faults over, every request comes to its end within seconds.
    private const int MaxAttempts = 2_000;

    /// <summary>One that works beside another one, with choices of its own.</summary>
    public RetryingClient Beside() => new(http, story, new Random(random.Next()));

    /// <exception cref="TimeoutException">It is not answered, however often it is sent.</exception>
    public async Task<Answer> PostAsync(KeyedRequest request)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            // Duplicates that come together, one instance each as a rule.
            var copies = random.Happens(0.12) ? random.Next(2, 5) : 1;
            var attempts = Enumerable.Range(0, copies).Select(_ => SendAsync(HttpMethod.Post, request.Path, request.Key, request.Body, MaxWait(attempt))).ToArray();
            var answers = await Task.WhenAll(attempts);
            foreach (var answer in answers.OfType<Answer>())
            {
                request.Told(answer);
            }

            if (answers.OfType<Answer>().FirstOrDefault() is { } final)
            {
                return final;
            }

            await Task.Delay(random.Between(20, 400));
        }

        throw new TimeoutException($"No answer to {request.Path} with the key {request.Key} after {MaxAttempts} attempts.");
    }

    /// <summary>A request that is idempotent by itself.</summary>
    public async Task<Answer> PutAsync(string path, string body)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (await SendAsync(HttpMethod.Put, path, key: null, body, MaxWait(attempt)) is { } answer)
            {
                return answer;
            }

            await Task.Delay(random.Between(20, 400));
        }

        throw new TimeoutException($"No answer to {path} after {MaxAttempts} attempts.");
    }

    /// <summary>One attempt.</summary>
    /// <returns>Null where it has to be made again: no answer, or one that says so.</returns>
    public async Task<Answer?> SendAsync(HttpMethod method, string path, string? key, string? body, TimeSpan maxWait)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var timeout = new CancellationTokenSource(maxWait);
        story.CountSent();
        try
        {
            using var response = await http.SendAsync(request, timeout.Token);
            var answer = await Answer.ReadAsync(response, timeout.Token);
            return IsFinal(answer, path) ? answer : null;
        }
        catch (OperationCanceledException)
        {
            story.CountTimedOut();
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            story.CountLost();
            return null;
        }
    }

    private bool IsFinal(Answer answer, string path)
    {
        switch (answer.Status)
        {
            case 409 when answer.Text.Contains(InProgress, StringComparison.Ordinal):
                story.CountInProgress();
                return false;
            case 503:
                story.CountUnavailable();
                return false;
            case >= 500:
                story.Errors.Enqueue($"{path}: {answer}");
                return false;
            default:
                if (answer.IsReplay)
                {
                    story.CountReplay();
                }

                return true;
        }
    }

    // Impatient at first, so that retries overlap what they repeat.
    private TimeSpan MaxWait(int attempt) => attempt < 4 ? random.Between(100, 4_000) : TimeSpan.FromSeconds(15);
}
