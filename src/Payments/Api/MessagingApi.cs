using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Payments.Accounts;
using Payments.DeadLetters;
using Payments.Problems;
using Payments.Queues;
using Payments.Receipts;
using Payments.Unsent;
using ServerlessIdempotency.AspNetCore;
using ServerlessIdempotency.Inbox.DeadLetters;
using ServerlessIdempotency.Records;

namespace Payments.Api;

/// <summary>The routes that show what queues did: statements, mail, dead letters and what could not be sent.</summary>
public sealed class MessagingApi
{
    private readonly ApiRequests _requests;
    private readonly StatementReader _statements;
    private readonly SimulatedMailbox? _mailbox;
    private readonly IDeadLetters? _deadLetters;
    private readonly DiscardedLetters _discarded;
    private readonly UnsentMessages _unsent;
    private readonly PaymentProblems _problems;
    private readonly ApiAnswers _answers;
    private readonly ILogger<MessagingApi> _logger;

    internal MessagingApi(
        IdempotentHttp http,
        IOptions<HttpIdempotencyOptions> options,
        StatementReader statements,
        SimulatedMailbox? mailbox,
        IDeadLetters? deadLetters,
        DiscardedLetters discarded,
        UnsentMessages unsent,
        PaymentProblems problems,
        ILogger<MessagingApi> logger)
    {
        _statements = statements;
        _mailbox = mailbox;
        _deadLetters = deadLetters;
        _discarded = discarded;
        _unsent = unsent;
        _problems = problems;
        _logger = logger;
        _answers = new ApiAnswers(problems, options.Value);
        _requests = new ApiRequests(http, _answers);
    }

    /// <summary><c>GET /api/accounts/{id}/statement</c>: balance and entries of one of the caller's accounts. One that never paid has none.</summary>
    public Task<IResult> StatementAsync(HttpRequest request, string id, CancellationToken cancellationToken) => _requests.FindAsync(
        request,
        async merchant => OperationResult.Json(200, await _statements.ReadAsync(merchant, id, cancellationToken), MessagingJsonContext.Default.AccountStatement),
        cancellationToken);

    /// <summary><c>GET /api/simulator/mailbox</c>: what the simulated mailbox received; 404 where receipts go to a mail server.</summary>
    public Task<IResult> MailboxAsync(CancellationToken cancellationToken) => _answers.ReadAsync(async () => _mailbox is null
        ? _problems.Of(404, "no-simulator", "There is no simulated mailbox here.", "Smtp:Host names a mail server: look for the receipts there.")
        : OperationResult.Json(200, await _mailbox.ListAsync(cancellationToken), MessagingJsonContext.Default.IReadOnlyListMailboxMessage));

    /// <summary><c>GET /api/dead-letters/{queue}</c>: the oldest messages that could not be processed, each with what to do about it.</summary>
    public Task<IResult> DeadLettersAsync(string queue, CancellationToken cancellationToken) => AskBrokerAsync(queue, async deadLetters =>
        OperationResult.Json(200, await deadLetters.ListAsync(queue, cancellationToken), MessagingJsonContext.Default.IReadOnlyListDeadLetter));

    /// <summary>
    /// <c>POST /api/dead-letters/{queue}/{sequenceNumber}/resubmit</c>: puts one back into its queue. It needs no key: a dead letter is there once, and what
    /// it says is applied at most once however often it comes.
    /// </summary>
    public Task<IResult> ResubmitAsync(string queue, string sequenceNumber, CancellationToken cancellationToken) => AskBrokerAsync(queue, async deadLetters =>
        long.TryParse(sequenceNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && await deadLetters.ResubmitAsync(queue, number, cancellationToken)
            ? OperationResult.Json(200, new ResubmittedMessage(queue, number), MessagingJsonContext.Default.ResubmittedMessage)
            : LetterNotFound(queue));

    /// <summary>
    /// <c>POST /api/dead-letters/{queue}/{sequenceNumber}/discard</c> <c>{note}</c>: takes one away for good, and keeps what it was, who did it and why. It needs no key: sent again it is
    /// answered the same, with the first note.
    /// </summary>
    public Task<IResult> DiscardAsync(HttpRequest request, string queue, string sequenceNumber, CancellationToken cancellationToken) => _requests.ReadJsonAsync(
        request,
        requireKey: false,
        async ready => DiscardReader.Read(ready.Body) is ({ } note, _)
            ? await AskBrokerAsync(queue, async deadLetters =>
                long.TryParse(sequenceNumber, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    && await _discarded.DiscardAsync(deadLetters, queue, number, note, ready.Principal, cancellationToken) is { } letter
                        ? OperationResult.Json(200, letter, MessagingJsonContext.Default.DiscardedLetter)
                        : LetterNotFound(queue))
            : new OperationHttpResult(_problems.Of(
                400, "discard-invalid", "The note is not valid.", "Nothing was done. Correct what errors names and send it again.", errors: DiscardReader.Read(ready.Body).Errors)),
        cancellationToken);

    /// <summary><c>GET /api/discarded-letters/{queue}</c>: the dead letters that were taken away for good, the last that came first, each with who did it and why.</summary>
    public Task<IResult> DiscardedAsync(string queue, CancellationToken cancellationToken) => _answers.ReadAsync(async () => PaymentsQueues.All.Contains(queue)
        ? OperationResult.Json(200, await _discarded.ListAsync(queue, cancellationToken), MessagingJsonContext.Default.IReadOnlyListDiscardedLetter)
        : QueueNotFound());

    /// <summary><c>GET /api/unsent-messages</c>: messages that were committed and are not sent: those that were given up, each with its error, and those that have waited for more than a minute.</summary>
    public Task<IResult> UnsentAsync(CancellationToken cancellationToken) => _answers.ReadAsync(async () =>
        OperationResult.Json(200, await _unsent.ListAsync(cancellationToken), MessagingJsonContext.Default.IReadOnlyListUnsentMessage));

    /// <summary>
    /// <c>POST /api/unsent-messages/{id}/retry</c>: lets one be sent by the next sweep. It needs no key: the message keeps its id, so its consumers apply it once.
    /// </summary>
    public Task<IResult> RetryUnsentAsync(string id, CancellationToken cancellationToken) => _answers.ReadAsync(async () =>
        await _unsent.RetryAsync(id, cancellationToken)
            ? OperationResult.Json(200, new RetriedMessage(id), MessagingJsonContext.Default.RetriedMessage)
            : _problems.Of(404, "unsent-message-not-found", "There is no such unsent message.", "It is on its way, or was sent: list them again."));

    private OperationResult LetterNotFound(string queue) => _problems.Of(
        404, "dead-letter-not-found", "There is no such dead letter.", $"The queue '{queue}' has no dead letter with this sequence number, or someone holds it: list them again.");

    private OperationResult QueueNotFound() => _problems.Of(404, "queue-not-found", "There is no such queue.", $"The queues are {string.Join(", ", PaymentsQueues.All)}.");

    private Task<IResult> AskBrokerAsync(string queue, Func<IDeadLetters, Task<OperationResult>> ask) => _answers.ReadAsync(async () =>
    {
        if (_deadLetters is null)
        {
            return _problems.Of(404, "no-dead-letters", "Dead letters are not served here.", "Look into the broker's dead-letter queues with its own tools.");
        }

        if (!PaymentsQueues.All.Contains(queue))
        {
            return QueueNotFound();
        }

        try
        {
            return await ask(_deadLetters);
        }
        catch (BrokerUnavailableException exception)
        {
            _logger.BrokerUnavailable(queue, exception);
            return _problems.Of(503, "broker-unavailable", "The broker did not answer.", "Try again later.", headers: KeyValuePair.Create("Retry-After", "1"));
        }
    });
}
