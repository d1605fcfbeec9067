namespace TestDoubles.Storage;

/// <summary>What goes wrong with a call.</summary>
public abstract record StorageFault
{
    private StorageFault()
    {
    }

    /// <summary>The connection breaks before the request is sent: nothing happened.</summary>
    public static StorageFault FailBefore { get; } = new Before();

    /// <summary>The request is sent and has its effect, and then the connection breaks: the caller can't know.</summary>
    public static StorageFault DropReply { get; } = new After();

    /// <summary>The request has its effect, and the service answers with an error all the same, as on a time-out within the service.</summary>
    public static StorageFault AnswerAfter(int status, string? errorCode = null) => new Answered(status, errorCode, Sent: true);

    /// <summary>The service refuses: nothing happened.</summary>
    public static StorageFault Answer(int status, string? errorCode = null) => new Answered(status, errorCode, Sent: false);

    /// <summary>The service answers a transaction with 202 and an error inside: nothing happened.</summary>
    /// <param name="status">The status of the refused write.</param>
    /// <param name="errorCode">Its error code; null for an answer without a body.</param>
    /// <param name="index">Which write; null for a message that does not tell.</param>
    public static StorageFault AnswerInside(int status, string? errorCode = null, int? index = 0) => new AnsweredInside(status, errorCode, index);

    /// <summary>The service answers a query with a page of its own.</summary>
    /// <param name="hasMore">Whether another page follows.</param>
    /// <param name="entities">The entities, each a JSON object as the service writes it.</param>
    public static StorageFault AnswerPage(bool hasMore, params IEnumerable<string> entities) => new AnsweredPage(hasMore, string.Join(',', entities));

    internal sealed record Before : StorageFault;

    internal sealed record After : StorageFault;

    internal sealed record Answered(int Status, string? ErrorCode, bool Sent) : StorageFault;

    internal sealed record AnsweredPage(bool HasMore, string Entities) : StorageFault;

    internal sealed record AnsweredInside(int Status, string? ErrorCode, int? Index) : StorageFault;
}
