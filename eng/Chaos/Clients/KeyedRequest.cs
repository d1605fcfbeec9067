namespace Chaos.Clients;

/// <summary>One logical operation of a client: the same path, key and body however often it is sent. It collects what its senders were told.</summary>
internal sealed class KeyedRequest(string path, string key, string? body)
{
    private readonly Lock _lock = new();
    private readonly List<Answer> _answers = [];

    public string Path => path;

    public string Key => key;

    public string? Body => body;

    /// <summary>The first final answer; null as long as there is none.</summary>
    public Answer? First
    {
        get
        {
            lock (_lock)
            {
                return _answers.FirstOrDefault();
            }
        }
    }

    /// <summary>The different answers, which law 1 makes one.</summary>
    public IReadOnlyList<Answer> Distinct
    {
        get
        {
            lock (_lock)
            {
                return [.. _answers];
            }
        }
    }

    public void Told(Answer answer)
    {
        lock (_lock)
        {
            if (!_answers.Exists(answer.IsSameAs))
            {
                _answers.Add(answer);
            }
        }
    }
}
