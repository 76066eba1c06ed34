namespace Sluice.Cli.Interactive;

/// <summary>Lines that were given before: the latest 1,000, in a file that only its user can read.</summary>
internal sealed class CommandHistory
{
    private const int Most = 1000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly List<string> lines = [];
    private readonly string? file;

    public CommandHistory(string? file)
    {
        this.file = file;
        try
        {
            if (file is not null && File.Exists(file)) lines.AddRange(File.ReadLines(file).Where(static line => line.Length > 0).TakeLast(Most));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What can't be read isn't remembered; commands work without it.
            lines.Clear();
        }
    }

    /// <summary>The file of this user: under XDG_STATE_HOME, else ~/.local/state. Null where there is no home.</summary>
    public static string? UsersFile
    {
        get
        {
            string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (string.IsNullOrEmpty(state))
            {
                string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
                if (home.Length == 0) return null;
                state = Path.Combine(home, ".local", "state");
            }

            return Path.Combine(state, "sluice", "cnat_history");
        }
    }

    public int Count => lines.Count;

    public string this[int at] => lines[at];

    /// <summary>Remembers a line, unless it is the last one again.</summary>
    public void Add(string line)
    {
        if (line.Length == 0 || (lines.Count > 0 && lines[^1] == line)) return;
        lines.Add(line);
        bool isFull = lines.Count > Most;
        if (isFull) lines.RemoveAt(0);
        if (file is null) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            var options = new FileStreamOptions { Mode = isFull ? FileMode.Create : FileMode.Append, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
            using var writer = new StreamWriter(file, options);
            foreach (string each in isFull ? lines : [line]) writer.WriteLine(each);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is remembered as long as the prompt stands.
        }
    }
}
