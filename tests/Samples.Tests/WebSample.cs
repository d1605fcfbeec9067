using System.Net.Http.Headers;
using System.Text;
using TestDoubles.Processes;

namespace Samples.Tests;

/// <summary>A sample that is a web app, in a process of its own on a free port.</summary>
internal sealed class WebSample : IAsyncDisposable
{
    private const string ServedWith = "      Now listening on: ";

    private readonly LocalProcess _process;
    private readonly HttpClient _client;

    private WebSample(LocalProcess process, HttpClient client)
    {
        _process = process;
        _client = client;
    }

    public static async Task<WebSample> StartAsync(string name)
    {
        var process = LocalProcess.Start(name, ["--urls", "http://127.0.0.1:0"], ServedWith);
        try
        {
            var line = await process.StartedAsync().WaitAsync(LocalProcess.Limit);
            return new WebSample(process, new HttpClient { BaseAddress = new Uri(line[ServedWith.Length..]), Timeout = LocalProcess.Limit });
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body, string? key) => SendAsync(HttpMethod.Post, path, body, key);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string body, string? key)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _client.SendAsync(request);
    }

    public Task<string> GetAsync(string path) => _client.GetStringAsync(path);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _process.DisposeAsync();
    }
}
