using ServerlessIdempotency.Records;

namespace ServerlessIdempotency.Tests.Records;

public class ResultLimitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(768 * 1024)]
    public void A_body_that_fits_raw_is_kept(int length)
    {
        var result = Result(Noise(length));

        Assert.Same(result, ResultLimits.Apply(result).Result);
    }

    [Fact]
    public void A_body_that_fits_when_compressed_is_kept()
    {
        var result = Result(new byte[ResultLimits.MaxBodyLength]);

        Assert.Same(result, ResultLimits.Apply(result).Result);
    }

    [Fact]
    public void A_body_that_does_not_fit_is_omitted_with_its_size()
    {
        var result = ResultLimits.Apply(Result(Noise((768 * 1024) + 1))).Result;

        Assert.Equal((768 * 1024) + 1, result.OmittedBodyLength);
        Assert.True(result.Body.IsEmpty);
        Assert.Equal(201, result.StatusCode);
        Assert.Equal([KeyValuePair.Create("Location", "/a")], result.Headers);
    }

    [Fact]
    public void A_body_too_long_to_be_held_in_memory_at_each_replay_is_omitted()
    {
        Assert.Equal(ResultLimits.MaxBodyLength + 1, ResultLimits.Apply(Result(new byte[ResultLimits.MaxBodyLength + 1])).Result.OmittedBodyLength);
    }

    [Fact]
    public void Headers_that_do_not_fit_lose_the_longest_and_the_body()
    {
        var result = Result([1, 2, 3]) with { Headers = [KeyValuePair.Create("Location", "/a"), KeyValuePair.Create("Link", new string('x', 40_000))] };

        var stored = ResultLimits.Apply(result).Result;

        Assert.Equal([KeyValuePair.Create("Location", "/a")], stored.Headers);
        Assert.Equal(3, stored.OmittedBodyLength);
    }

    private static OperationResult Result(byte[] body) => new(201, [KeyValuePair.Create("Location", "/a")], body);

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
