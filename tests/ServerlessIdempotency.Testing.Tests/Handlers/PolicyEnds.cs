using ServerlessIdempotency.Execution;
using ServerlessIdempotency.Rows;
using ServerlessIdempotency.Testing.Proofs;

namespace ServerlessIdempotency.Testing.Tests.Handlers;

/// <summary>What has become of the one operation of a <see cref="PolicyApp"/>.</summary>
internal static class PolicyEnds
{
    /// <summary>Looks at the end of each run, and wants it to be one of those that the policies promise.</summary>
    public static IdempotencyProof<TApp> EndsWell<TApp>(this IdempotencyProof<TApp> proof, Func<ProofEnd, Task> look)
        where TApp : class => proof.Invariant("the end", async end =>
    {
        await look(end);
        return await EndsWellAsync(end);
    });

    /// <inheritdoc cref="EndsWell{TApp}(IdempotencyProof{TApp}, Func{ProofEnd, Task})"/>
    public static IdempotencyProof<TApp> EndsWell<TApp>(this IdempotencyProof<TApp> proof, Action<ProofEnd>? look)
        where TApp : class => proof.EndsWell(end =>
    {
        look?.Invoke(end);
        return Task.CompletedTask;
    });

    /// <summary>What is answered has one payment and one charge; what is not can be found by people.</summary>
    private static async Task<string?> EndsWellAsync(ProofEnd end)
    {
        var record = await RecordAsync(end);
        var payments = (await end.ListAsync(EngineApp.Partition, "payment|")).Count;
        var charges = ChargesOf(end);
        var notes = record is null ? 0 : await NotesAsync(end, record);
        return record?.GetString("State") switch
        {
            "Completed" => payments == 1 && charges == 1 ? null : $"{payments} payments and {charges} charges.",
            null => null,

            // A probe that died while it asked: the next caller asks again, and the claim is found by its age.
            "InProgress" when record.GetString("CrashPolicy") == nameof(CrashPolicy.Probe) && payments == 0 && charges <= 1 => null,

            // A process that died between its claim and its note had not begun.
            var state => payments == 0 && charges <= 1 && (notes > 0 || charges == 0) ? null : $"It is {state} with {payments} payments, {charges} charges and {notes} notes.",
        };
    }

    /// <summary>After a decision there is a result, one for all, and who did it.</summary>
    public static async Task<string?> IsDecidedAsync(ProofEnd end)
    {
        var row = await RecordAsync(end);
        var decisions = (await end.ListAsync(EngineApp.Partition, "idem-decision|")).Count;
        var payments = (await end.ListAsync(EngineApp.Partition, "payment|")).Count;

        // Given back before its handler ran, since its note could not be written: free for whoever asks next.
        if (row?.GetString("State") is "InProgress" && row.GetDateTimeOffset("LeaseUntil") == DateTimeOffset.UnixEpoch && end.Effects.Count == 0)
        {
            return null;
        }

        return row?.GetString("State") is null or "Completed" && decisions + payments <= 1 && (row is null || decisions + payments == 1)
            ? null
            : $"It is {row?.GetString("State")} with {decisions} decisions and {payments} payments.";
    }

    /// <summary>Of what is done nothing is left out.</summary>
    public static async Task<string?> HasAllLinesAsync(ProofEnd end, int expected)
    {
        var lines = (await end.ListAsync(EngineApp.Partition, "line|")).Count;
        return await StateAsync(end) == "Completed" ? lines == expected ? null : $"It is done with {lines} of {expected} lines." : lines == 0 ? null : $"{lines} lines of what is not done.";
    }

    public static async Task<Row?> RecordAsync(ProofEnd end) => (await end.ListAsync(EngineApp.Partition, "idem|")).SingleOrDefault();

    public static async Task<string?> StateAsync(ProofEnd end) => (await RecordAsync(end))?.GetString("State");

    public static int ChargesOf(ProofEnd end) => end.Effects.Count(effect => effect.Name == "charge") + PreventingGateway.ChargesOf(end);

    /// <summary>Whether somebody was told that nobody knows, and the answer came all the same.</summary>
    public static bool CompletedLate(ProofEnd end) => SeenIn(end).Unanswered > 0 && end.ToldOf("k-1").Count > 0;

    /// <summary>Whether a slow executor came to its commit after a probe had claimed: what it did is not stored, and it replays what the probe found.</summary>
    public static bool WasFenced(ProofEnd end) => SeenIn(end).Fenced > 0;

    /// <summary>Whether an execution was stopped since it took as long as it may.</summary>
    public static bool WasStopped(ProofEnd end) => SeenIn(end).TimedOut > 0;

    private static Seen SeenIn(ProofEnd end) => end.Shared(() => new Seen());

    /// <summary>The notes that name the claim that the record is of.</summary>
    private static async Task<int> NotesAsync(ProofEnd end, Row record)
    {
        var notes = 0;
        foreach (var shard in "0123456789abcdef")
        {
            notes += (await end.ListAsync(new PartitionAddress("Idempotency", $"unknown~{shard}"))).Count(note => note.GetString("Owner") == record.GetString("Owner"));
        }

        return notes;
    }

    /// <summary>What is counted while a run goes on.</summary>
    internal sealed class Seen
    {
        public int Unanswered { get; set; }

        public int Fenced { get; set; }

        public int TimedOut { get; set; }
    }
}
