using ServerlessIdempotency.Outbox;
using ServerlessIdempotency.Rows;
using TestDoubles.Outbox;

namespace ServerlessIdempotency.Tests.Outbox;

public sealed class MessageCommitTests
{
    [Fact]
    public async Task The_note_comes_before_the_write_and_the_announcement_after_it()
    {
        var outbox = new RecordingOutbox();
        await WriteAsync(outbox, isWritten: true);
        Assert.Equal(["note", "write", "announce hash"], outbox.Calls);
    }

    [Fact]
    public async Task A_refused_commit_announces_nothing()
    {
        var outbox = new RecordingOutbox();
        await WriteAsync(outbox, isWritten: false);
        Assert.Equal(["note", "write"], outbox.Calls);
    }

    [Fact]
    public async Task A_commit_without_messages_makes_no_note()
    {
        var outbox = new RecordingOutbox();
        await new MessageCommit(outbox).WriteAsync(OutboxFixture.Partition, "hash", [], [], _ => Task.FromResult(true), isWritten => isWritten, default);
        Assert.Empty(outbox.Calls);
    }

    [Fact]
    public async Task Messages_without_an_outbox_are_refused_before_anything_is_written()
    {
        var isCalled = false;
        await Assert.ThrowsAsync<InvalidOperationException>(() => new MessageCommit(outbox: null).WriteAsync(
            OutboxFixture.Partition, "hash", [], [OutboxFixture.Message("1")], _ => Task.FromResult(isCalled = true), isWritten => isWritten, default));
        Assert.False(isCalled);
    }

    private static Task<bool> WriteAsync(RecordingOutbox outbox, bool isWritten) => new MessageCommit(outbox).WriteAsync(
        OutboxFixture.Partition,
        "hash",
        [],
        [OutboxFixture.Message("1")],
        rows =>
        {
            outbox.Calls.Add("write");
            return Task.FromResult(isWritten);
        },
        written => written,
        default);

    private sealed class RecordingOutbox : IOutbox
    {
        public List<string> Calls { get; } = [];

        public Task PrepareAsync(PartitionAddress partition, CancellationToken cancellationToken)
        {
            Calls.Add("note");
            return Task.CompletedTask;
        }

        public IReadOnlyList<RowWrite> ToRows(string operationHash, IReadOnlyList<OutboxMessage> messages) => [];

        public void Committed(PartitionAddress partition, string operationHash) => Calls.Add($"announce {operationHash}");
    }
}
