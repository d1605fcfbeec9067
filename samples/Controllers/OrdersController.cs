using Microsoft.AspNetCore.Mvc;
using ServerlessIdempotency.AspNetCore;

namespace Controllers;

[ApiController]
[Route("orders")]
public sealed class OrdersController : ControllerBase
{
    private static int _orders;

    // Authorization runs at every request; model binding, filters and the action run once for each key.
    [HttpPost]
    [Idempotent(RequireKey = true, Retention = "2.00:00:00")]
    public IActionResult Place(Order order)
    {
        var id = Interlocked.Increment(ref _orders);
        return CreatedAtAction(nameof(Get), new { id }, new { id, order.Sku });
    }

    [HttpGet("{id:int}")]
    public IActionResult Get(int id) => id <= _orders ? Ok(new { id }) : NotFound();
}
