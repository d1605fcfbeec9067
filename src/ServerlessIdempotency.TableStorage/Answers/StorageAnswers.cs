using System.Net.Sockets;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using ServerlessIdempotency.Rows;

namespace ServerlessIdempotency.TableStorage.Answers;

/// <summary>
/// What an answer of the service means. The status decides, then the error code, which can be null. Codes:
/// https://learn.microsoft.com/rest/api/storageservices/table-service-error-codes.
/// </summary>
internal static class StorageAnswers
{
    /// <summary>An insert found the row. 409 alone does not say so: a table that is being deleted answers 409 too.</summary>
    public static bool IsEntityAlreadyExists(RequestFailedException exception) =>
        exception.Status == 409 && (exception.ErrorCode is null || exception.ErrorCode == TableErrorCode.EntityAlreadyExists);

    /// <summary>A replace or delete carried an ETag that is no longer the row's.</summary>
    public static bool IsStaleETag(RequestFailedException exception) => exception.Status == 412;

    /// <summary>The table is missing, so every row of it is.</summary>
    public static bool IsTableNotFound(RequestFailedException exception) =>
        exception.Status == 404 && exception.ErrorCode == TableErrorCode.TableNotFound;

    /// <summary>A replace, or a delete within a transaction, found no row.</summary>
    public static bool IsEntityMissing(RequestFailedException exception) => exception.Status == 404 && !IsTableNotFound(exception);

    /// <summary>The service did not answer, or is busy, or failed: the call may have had its effect or not, and may succeed later.</summary>
    public static bool IsUnavailable(Exception exception, CancellationToken cancellationToken) => exception switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,

        // The table, or the account, is between two states; the name works again once that is over.
        RequestFailedException { Status: 409 } failure => failure.ErrorCode == TableErrorCode.TableBeingDeleted || failure.ErrorCode is "AccountBeingCreated" or "OperationInProgress",

        // What the SDK throws once all its attempts failed.
        AggregateException => true,

        // The SDK's own time-out of an attempt.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,

        // The connection broke while an answer was read; or right after it was made, which .NET's pool of connections tells by the bare exception.
        IOException or HttpRequestException or SocketException => true,
        _ => false,
    };

    /// <summary>The exception that the port promises for a call that failed: unavailable, or refused for good.</summary>
    public static Exception Translate(Exception exception, string call) => exception switch
    {
        // Somebody deletes the table while it is written to.
        RequestFailedException failure when IsTableNotFound(failure) => new StoreUnavailableException($"Table Storage did not find the table of {call} again after it was created.", failure),
        RequestFailedException { Status: 401 or 403 } failure => Refused(
            failure, $"Table Storage refused the credentials for {call} ({Code(failure)}): check the connection string's key, or give the identity the role 'Storage Table Data Contributor' on the account."),

        // What the service counts is not always what we estimate; as for what is found before, the input is at fault.
        RequestFailedException { Status: 400 or 413 } failure => new ArgumentException($"Table Storage did not take {call} ({Code(failure)}): see the inner exception for what the service objects to.", failure),
        RequestFailedException { Status: >= 400 and < 500 and not 408 and not 429 } failure when !IsUnavailable(failure, CancellationToken.None) => Refused(
            failure, $"Table Storage did not take {call} ({Code(failure)}): the request is wrong, and sending it again would not help; see the inner exception for what the service objects to."),
        RequestFailedException failure => new StoreUnavailableException($"Table Storage did not answer {call} ({Code(failure)}).", failure),
        OperationCanceledException => new StoreUnavailableException($"Table Storage did not answer {call} in time.", exception),
        _ => new StoreUnavailableException($"Table Storage did not answer {call}: {exception.Message}", exception),
    };

    /// <summary>Which write of a transaction was refused, where the answer tells.</summary>
    public static int? FailedIndex(RequestFailedException exception, int count) => exception switch
    {
        TableTransactionFailedException { FailedTransactionActionIndex: { } index } when index >= 0 && index < count => index,
        TableTransactionFailedException => null,
        _ when count == 1 => 0,
        _ => null,
    };

    private static TableStorageException Refused(RequestFailedException failure, string message) =>
        new(message, failure) { Status = failure.Status, ErrorCode = failure.ErrorCode };

    private static string Code(RequestFailedException failure) =>
        (failure.Status, failure.ErrorCode) switch
        {
            (0, _) => "no connection",
            (_, null) => $"status {failure.Status}",
            _ => $"{failure.Status} {failure.ErrorCode}",
        };
}
