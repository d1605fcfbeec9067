using Microsoft.AspNetCore.Mvc;
using ServerlessIdempotency.Execution;

namespace ServerlessIdempotency.AspNetCore.Tests.Controllers;

[ApiController]
[Route("keyed/things")]
[Idempotent(RequireKey = true)]
public sealed class KeyedThingsController : ThingsControllerBase
{
    [HttpPost("{id}")]
    [ApiKey]
    public IActionResult Post(string id, Thing thing) => Ok($"{id} {thing.Amount} run {CountRun()}");

    [HttpPost("plain")]
    public IActionResult Plain() => Ok($"run {CountRun()}");

    [HttpPost("fails")]
    public IActionResult Fails() => CountRun() == 1 ? throw new InvalidOperationException("It fails once.") : Ok("whole");

    [HttpPost("brief")]
    [Idempotent(Retention = "00:10:00", KeyField = "$.amount")]
    public IActionResult Brief(Thing thing) => Ok($"{thing.Amount} run {CountRun()}");

    [HttpPost("blocked")]
    [Idempotent(CrashPolicy = CrashPolicy.Block)]
    public IActionResult Blocked() => CountRun() == 1 ? throw new InvalidOperationException("It fails once.") : Ok("whole");

    [HttpGet("{id}")]
    public IActionResult Get(string id) => Ok(id);
}
