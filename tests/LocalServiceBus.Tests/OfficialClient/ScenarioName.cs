namespace LocalServiceBus.Tests.OfficialClient;

internal static class ScenarioName
{
    /// <summary><c>Completed_message_is_gone</c> plays <c>completedMessageIsGone</c>.</summary>
    public static string Of(string fact)
    {
        var words = fact.Split('_');
        return string.Concat(words.Select((word, i) => (i == 0 ? char.ToLowerInvariant(word[0]) : char.ToUpperInvariant(word[0])) + word[1..]));
    }
}
