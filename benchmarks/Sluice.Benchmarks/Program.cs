using Sluice.Benchmarks;

const string Usage = """
    usage: ./bench core [--json] [--quick] [--only core|established|kinds|create] [--sessions N] [--seed N]
           ./bench size [--json] [--quick] [--only peerings|translations]
           ./bench live [--json] [--quick]
      core     session core in memory, beside the same in C, a naive version and the bound of the machine
      size     a configuration of 1,000 VPCs, 10,000 peerings and 100,000 exposes: loaded, reloaded under traffic, decided by; 100,000 translations; Maglev tables
      live     iperf3 and ping through the gateway and through the kernel with the same NAT, in turn, in namespaces (root)
      --json   one JSON document on standard output
      --quick  fewer rounds, up to a million sessions
      --only   one suite: the session core, packets of established sessions, those of each kind of NAT, or new sessions
      --sessions 10000|100000|1000000|4000000   only that size
    Exit code: 0 the ratios hold, 1 one does not, 2 usage. Times are printed beside their goals; a slow or busy machine is no failure.
    """;

if (args is ["live", .. var wishes] && wishes.All(static wish => wish is "--json" or "--quick"))
    return LiveCommand.Run(wishes.Contains("--json"), wishes.Contains("--quick"));

if (args is ["size", .. var sizeWishes] && sizeWishes.All(static wish => wish is "--json" or "--quick" or "--only" or "peerings" or "translations"))
    return SizeCommand.Run(sizeWishes.Contains("--json"), sizeWishes.Contains("--quick"), sizeWishes.SkipWhile(static wish => wish != "--only").ElementAtOrDefault(1));

if (args is not ["core", ..])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

int seed = 1;
uint sessions = 0;
string? only = null;
for (int i = 1; i < args.Length; i++)
{
    if (args[i] is "--json" or "--quick") continue;
    string next = i + 1 < args.Length ? args[i + 1] : "";
    if ((args[i] == "--seed" && int.TryParse(next, out seed)) || (args[i] == "--sessions" && uint.TryParse(next, out sessions)))
    {
        i++;
        continue;
    }

    if (args[i] == "--only" && next is ("core" or "established" or "kinds" or "create"))
    {
        only = next;
        i++;
        continue;
    }

    Console.Error.WriteLine(Usage);
    return 2;
}

string root = Environment.GetEnvironmentVariable("SLUICE_ROOT") ?? Directory.GetCurrentDirectory();
return CoreCommand.Run(new BenchOptions
{
    Json = args.Contains("--json"),
    Quick = args.Contains("--quick"),
    Seed = seed,
    Sessions = sessions,
    Only = only,
    ArtifactsDirectory = Path.Combine(root, "artifacts", "bench"),
    CSource = Path.Combine(root, "benchmarks", "c", "core.c"),
});
