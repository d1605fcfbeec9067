using Chaos.Clients;
using Chaos.Evidence;

namespace Chaos.Checks;

/// <summary>Law 1: everyone who sent a request was told the same, body and headers, and is told it again when all is over.</summary>
internal static class AnswersCheck
{
    public static IEnumerable<string> Run(Story story, Findings findings)
    {
        foreach (var request in story.Requests.Where(request => request.Distinct.Count > 1))
        {
            yield return $"{NameOf(request)} was answered {string.Join(" and ", request.Distinct)}.";
        }

        foreach (var (request, answer) in findings.Replays)
        {
            if (!answer.IsReplay)
            {
                yield return $"{NameOf(request)} was not answered from storage in the end, but {answer}.";
            }

            if (request.First is { } first && !first.IsSameAs(answer))
            {
                yield return $"{NameOf(request)} was answered {first}, and in the end {answer}.";
            }
        }

        if (findings.Replays.Count != story.Requests.Count)
        {
            yield return $"{story.Requests.Count} requests were made, and {findings.Replays.Count} of them sent again in the end.";
        }
    }

    private static string NameOf(KeyedRequest request) => $"The request to {request.Path} with the key {request.Key}";
}
