using Chaos.Cluster;
using Chaos.Randomness;

namespace Chaos.Tests.Cluster;

public sealed class DisturbanceChoiceTests
{
    private static readonly Disturbance[] Kinds = Enum.GetValues<Disturbance>();

    [Fact]
    public void The_first_choices_are_each_kind_once_in_an_order_of_the_seed()
    {
        var orders = Enumerable.Range(0, 50).Select(seed => Take(new DisturbanceChoice(SeededRandom.For(seed, "test", 0)), Kinds.Length)).ToList();

        Assert.All(orders, order => Assert.Equal(Kinds, order.Order()));
        Assert.True(orders.DistinctBy(order => string.Join(',', order)).Count() > 10);
        Assert.Equal(orders[0], Take(new DisturbanceChoice(SeededRandom.For(0, "test", 0)), Kinds.Length));
    }

    [Fact]
    public void What_could_not_be_done_is_chosen_again_before_anything_at_random()
    {
        var choice = new DisturbanceChoice(SeededRandom.For(7, "test", 0));
        var first = choice.Next();
        choice.PutBack(first);

        Assert.Equal(Kinds, Take(choice, Kinds.Length).Order());
    }

    private static Disturbance[] Take(DisturbanceChoice choice, int count) => [.. Enumerable.Range(0, count).Select(_ => choice.Next())];
}
