using System.Net;

namespace Payments.Proof.Tests.Outside;

/// <summary>What persons were answered when they decided. They come to a list and not with a key, so one who looks twice may see two things.</summary>
internal sealed class PersonsAnswers
{
    private readonly List<(string Decision, HttpStatusCode Status)> _answers = [];

    public IReadOnlyList<(string Decision, HttpStatusCode Status)> Answers => _answers;

    public void Note(string decision, int status) => _answers.Add((decision, (HttpStatusCode)status));
}
