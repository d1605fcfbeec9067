namespace ServerlessIdempotency.AspNetCore.Execution;

/// <summary>The endpoint gave its response up half-way: its execution ended without an answer, and the crash policy says what follows.</summary>
internal sealed class AnswerAbortedException() : Exception("The response was aborted before it was whole.");
