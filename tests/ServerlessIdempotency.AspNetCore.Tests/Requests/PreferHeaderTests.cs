using Microsoft.AspNetCore.Http;
using ServerlessIdempotency.AspNetCore.Requests;

namespace ServerlessIdempotency.AspNetCore.Tests.Requests;

public sealed class PreferHeaderTests
{
    [Theory]
    [InlineData("wait=10", 10)]
    [InlineData("Wait = 10", 10)]
    [InlineData("respond-async; x=1, wait=10; y=2", 10)]
    [InlineData("wait=\"10\"", 10)]
    [InlineData("wait=31", 30)]
    [InlineData("wait=99999999999999999999", 30)]
    [InlineData("wait=0", 0)]
    [InlineData("wait=4, wait=9", 4)]
    [InlineData("x=\"a, wait=5\", wait=6", 6)]
    [InlineData("x=\"a\\\", wait=5\", wait=6", 6)]
    [InlineData("wait", 0)]
    [InlineData("wait=-1", 0)]
    [InlineData("wait=1.5", 0)]
    [InlineData("wait=", 0)]
    [InlineData("wait=\"\"", 0)]
    [InlineData("awaited=5", 0)]
    [InlineData("", 0)]
    public void The_wait_is_read_as_the_standard_says_and_capped(string header, int seconds) =>
        Assert.Equal(seconds, Read(header));

    [Fact]
    public void Several_headers_are_one_list() => Assert.Equal(3, Read("respond-async", "wait=3"));

    private static int Read(params string[] headers)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers[IdempotencyHeaders.Prefer] = headers;
        return PreferHeader.ReadWait(request, TimeSpan.FromSeconds(30));
    }
}
